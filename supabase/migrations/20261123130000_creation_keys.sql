-- Nothing twice: whoever creates a case may name a key of their own; the same key again answers with the first case.

create table public.case_creations (
  user_id uuid not null default auth.uid() references auth.users (id) on delete restrict,
  key text not null,
  case_id bigint not null unique references public.cases (case_id) on delete restrict,
  primary key (user_id, key),
  constraint key_is_1_to_128_visible_characters check (key ~ '^[\u0021-\u007e]{1,128}$')
);

comment on table public.case_creations is 'The keys under which cases were created, so that none is created twice.';
comment on column public.case_creations.user_id is 'The clinician who created the case.';
comment on column public.case_creations.key is 'Made by the client for one filled-in form.';
comment on column public.case_creations.case_id is 'The case that was created under it.';

alter table public.case_creations enable row level security;

create policy "Clinicians see the keys of their own cases" on public.case_creations
  for select to authenticated
  using (user_id = (select auth.uid()));

-- A case has one key, so there are no more keys than cases, whoever writes them.
create policy "Clinicians name keys of their own cases" on public.case_creations
  for insert to authenticated
  with check (
    user_id = (select auth.uid())
    and exists (select from public.cases where cases.case_id = case_creations.case_id)
  );

revoke all on public.case_creations from anon, authenticated;
grant select on public.case_creations to authenticated;
grant insert (key, case_id) on public.case_creations to authenticated;

create function public.create_case(
  creation_key text, name text, age integer, gender text, summary text, initial_status text
) returns setof public.cases
  language plpgsql security invoker set search_path = ''
as $$
declare
  created bigint;
begin
  return query select cases.* from public.case_creations join public.cases using (case_id)
    where case_creations.key = creation_key;
  if found then
    return;
  end if;
  begin
    insert into public.cases (patient_name, patient_age, patient_gender, case_summary, status)
      values (name, age, gender, summary, initial_status)
      returning case_id into created;
    insert into public.case_creations (key, case_id) values (creation_key, created);
  exception when unique_violation then
    -- Another request with this key was faster: its case counts, and this one is taken back with all its traces.
    null;
  end;
  return query select cases.* from public.case_creations join public.cases using (case_id)
    where case_creations.key = creation_key;
end;
$$;

revoke all on function public.create_case(text, text, integer, text, text, text) from public, anon;
grant execute on function public.create_case(text, text, integer, text, text, text) to authenticated;
