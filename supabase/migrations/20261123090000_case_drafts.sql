-- Drafts: what a clinician has typed about a case and not saved. One a case; nobody sees it after 7 days.
-- A draft may be half typed (an empty name, no age), so its limits are the case's types and upper limits.

create table public.case_drafts (
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  case_id bigint not null references public.cases (case_id) on delete cascade,
  base_version timestamptz not null,
  changes jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (user_id, case_id),
  -- A field that is absent makes its check null, which passes.
  constraint changes_name_fields_that_an_update_sets check (
    jsonb_typeof(changes) = 'object' and changes <> '{}'
    and changes - array['patient_name', 'patient_age', 'case_summary', 'status'] = '{}'
  ),
  constraint patient_name_is_text_of_at_most_200_characters check (
    jsonb_typeof(changes -> 'patient_name') = 'string' and char_length(changes ->> 'patient_name') <= 200
  ),
  constraint patient_age_is_0_to_150_years_or_empty check (
    jsonb_typeof(changes -> 'patient_age') = 'null'
    or jsonb_typeof(changes -> 'patient_age') = 'number'
    and changes ->> 'patient_age' ~ '^\d{1,3}$' and changes -> 'patient_age' <= '150'
  ),
  constraint case_summary_is_text_of_at_most_20000_characters check (
    jsonb_typeof(changes -> 'case_summary') = 'string' and char_length(changes ->> 'case_summary') <= 20000
  ),
  constraint status_is_known check (
    jsonb_typeof(changes -> 'status') = 'string'
    and changes ->> 'status' in ('pending', 'analyzing', 'completed', 'archived')
  )
);

comment on table public.case_drafts is 'What a clinician has typed about a case and not saved; kept for 7 days.';
comment on column public.case_drafts.user_id is 'The clinician who typed it, who owns the case.';
comment on column public.case_drafts.case_id is 'The case that it was typed for.';
comment on column public.case_drafts.base_version is 'The version of the case (its updated_at) that it was typed on.';
comment on column public.case_drafts.changes is 'The typed fields: {"status": "completed"}; an emptied age is null.';
comment on column public.case_drafts.updated_at is 'Its own version: set by the database, strictly later each time.';

create index case_drafts_by_age on public.case_drafts (updated_at);

alter table public.case_drafts enable row level security;

create policy "Clinicians see their own drafts of the last 7 days" on public.case_drafts
  for select to authenticated
  using (user_id = (select auth.uid()) and updated_at > now() - interval '7 days');

create policy "Clinicians keep drafts of their own cases" on public.case_drafts
  for insert to authenticated
  with check (
    user_id = (select auth.uid())
    and exists (select from public.cases where cases.case_id = case_drafts.case_id)
  );

create policy "Clinicians update their own drafts" on public.case_drafts
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (
    user_id = (select auth.uid())
    and exists (select from public.cases where cases.case_id = case_drafts.case_id)
  );

create policy "Clinicians discard their own drafts" on public.case_drafts
  for delete to authenticated
  using (user_id = (select auth.uid()));

revoke all on public.case_drafts from anon, authenticated;
grant select, delete on public.case_drafts to authenticated;
grant insert (case_id, base_version, changes) on public.case_drafts to authenticated;
grant update (base_version, changes) on public.case_drafts to authenticated;

create function public.advance_draft() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  -- A new draft has no older version, which `greatest` passes over.
  new.updated_at := greatest(clock_timestamp(), old.updated_at + interval '1 microsecond');
  return new;
end;
$$;

create trigger advance_draft before insert or update on public.case_drafts
  for each row execute function public.advance_draft();

-- Whoever keeps a draft clears away what is too old, everybody's: no clock outside the database is needed.
-- Runs as its owner, because nobody sees those drafts any more; what another session clears is left to it.
create function public.clear_old_drafts() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.case_drafts where (user_id, case_id) in (
    select old_draft.user_id, old_draft.case_id from public.case_drafts as old_draft
      where old_draft.updated_at <= now() - interval '7 days'
      for update skip locked
  );
  return null;
end;
$$;

create trigger clear_old_drafts before insert on public.case_drafts
  for each statement execute function public.clear_old_drafts();

-- A draft is gone as soon as the case holds all of it, whichever way that came and whichever came first.
-- Runs as its owner, so that it holds for an administrator's update as well.
create function public.discard_saved_draft() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.case_drafts as draft using public.cases
    where draft.user_id = new.user_id and draft.case_id = new.case_id and cases.case_id = draft.case_id
      -- Names are saved without the spaces around them.
      and to_jsonb(cases) @> (
        draft.changes || jsonb_strip_nulls(jsonb_build_object('patient_name', btrim(draft.changes ->> 'patient_name')))
      );
  return null;
end;
$$;

create trigger discard_saved_draft after update on public.cases
  for each row execute function public.discard_saved_draft();

create trigger discard_saved_draft after insert or update on public.case_drafts
  for each row execute function public.discard_saved_draft();

revoke all on function public.advance_draft(), public.clear_old_drafts(), public.discard_saved_draft()
  from public, anon, authenticated;

-- Keeps a draft where none is stored, or the one that was seen, and returns the one that is stored then: another one
-- where a newer draft stands in the way, none where the case is not the reader's own or holds it all already.
create function public.keep_draft(
  of_case bigint, typed_on timestamptz, typed jsonb, seen timestamptz default null
) returns setof public.case_drafts
  language plpgsql security invoker set search_path = ''
as $$
begin
  -- The conflict locks the stored draft, even where it stays as it is: nobody can take it away before it is returned.
  insert into public.case_drafts as stored (case_id, base_version, changes)
    select cases.case_id, typed_on, typed from public.cases where cases.case_id = of_case
    on conflict (user_id, case_id) do update
      set base_version = excluded.base_version, changes = excluded.changes
      where stored.updated_at = seen;
  return query select * from public.case_drafts where case_drafts.case_id = of_case;
end;
$$;

revoke all on function public.keep_draft(bigint, timestamptz, jsonb, timestamptz) from public, anon;
grant execute on function public.keep_draft(bigint, timestamptz, jsonb, timestamptz) to authenticated;

-- Lets go of the draft that was seen, and returns the one that is stored then: another one, which stays.
create function public.discard_draft(of_case bigint, seen timestamptz) returns setof public.case_drafts
  language sql security invoker set search_path = ''
as $$
  delete from public.case_drafts where case_id = of_case and updated_at = seen;
  select * from public.case_drafts where case_id = of_case;
$$;

revoke all on function public.discard_draft(bigint, timestamptz) from public, anon;
grant execute on function public.discard_draft(bigint, timestamptz) to authenticated;
