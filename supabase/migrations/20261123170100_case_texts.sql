-- What a search reads of a case: its name, number and summary, folded once when they are written. Folded are letters
-- without case, accents, the forms they come in and what does not show, in any script.
-- A trigram index would not help: the rules of row-level security come before any condition that could tell something
-- of a row, as `like` could, so that only a function which passes by them could use it. Scanning the reader's own cases
-- does not grow with those of others.

-- Which collation knows the letters of every script depends on the server; "C" knows those of ASCII alone.
do $do$
declare
  every_script text := (
    select quote_ident(nspname) || '.' || quote_ident(collname)
      from pg_collation join pg_namespace on pg_namespace.oid = collnamespace
      where collname in ('pg_c_utf8', 'C.utf8', 'C.UTF-8', 'und-x-icu', 'en_US.utf8', 'default')
        and collencoding in (-1, pg_char_to_encoding(getdatabaseencoding()))
      order by array_position(
        array['pg_c_utf8', 'C.utf8', 'C.UTF-8', 'und-x-icu', 'en_US.utf8', 'default'], collname::text
      )
      limit 1
  );
begin
  execute format($create$
    create function public.fold(given text) returns text
      language sql immutable strict parallel safe set search_path = ''
    as $body$
      select case when octet_length(given) = char_length(given) then lower(given) else
        replace(replace(replace(
          translate(
            lower(
              regexp_replace(
                normalize(given, NFKD),
                '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f'
                '\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670'
                '\u00ad\u034f\u061c\u200b-\u200f\u2060-\u2065\ufe00-\ufe0f\ufeff]',
                '', 'g'
              ) collate %s
            ),
            'ςıłøđħŧ', 'σilodht'
          ), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')
        end
    $body$
  $create$, every_script);
end;
$do$;

comment on function public.fold(text) is 'Text as a search compares it: without case, accents, and what does not show.';

revoke all on function public.fold(text) from public, anon;
grant execute on function public.fold(text) to authenticated;

create table public.case_texts (
  case_id bigint not null references public.cases (case_id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete restrict,
  folded_name text not null,
  folded_text text not null,
  primary key (user_id, case_id)
);

comment on table public.case_texts is 'Folded texts of cases, for searches; kept by a trigger.';
comment on column public.case_texts.user_id is 'The clinician who owns the case.';
comment on column public.case_texts.folded_name is 'The patient''s name, by which the worklist can be ordered.';
comment on column public.case_texts.folded_text is 'Name, number and summary, a line break between each.';

alter table public.case_texts enable row level security;

create policy "Clinicians search their own cases" on public.case_texts
  for select to authenticated
  using (user_id = (select auth.uid()));

revoke all on public.case_texts from anon, authenticated, service_role;
grant select on public.case_texts to authenticated;

-- Runs as its owner, because nobody may write these texts.
create function public.fold_case() returns trigger
  language plpgsql security definer set search_path = ''
as $$
declare
  folded_name text := public.fold(new.patient_name);
begin
  insert into public.case_texts as kept (case_id, user_id, folded_name, folded_text)
    values (
      new.case_id, new.user_id, folded_name,
      concat_ws(E'\n', folded_name, new.case_id, public.fold(new.case_summary))
    )
    on conflict (user_id, case_id) do update
      set folded_name = excluded.folded_name, folded_text = excluded.folded_text;
  return null;
end;
$$;

revoke all on function public.fold_case() from public, anon, authenticated;

create trigger fold_new_case after insert on public.cases
  for each row execute function public.fold_case();

create trigger fold_changed_case after update of patient_name, case_summary on public.cases
  for each row
  when ((old.patient_name, old.case_summary) is distinct from (new.patient_name, new.case_summary))
  execute function public.fold_case();

-- Also where rows are written with triggers off, such as demo data: a case that no search finds would be lost.
alter table public.cases enable always trigger fold_new_case;
alter table public.cases enable always trigger fold_changed_case;

-- What is there already, while nobody writes.
do $$
begin
  lock table public.cases in share mode;
  insert into public.case_texts (case_id, user_id, folded_name, folded_text)
    select case_id, user_id, public.fold(patient_name),
        concat_ws(E'\n', public.fold(patient_name), case_id, public.fold(case_summary))
      from public.cases;
end;
$$;
