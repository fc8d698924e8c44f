-- Cases: one row a patient case, owned by one clinician, never deleted ("archived" is the end).
-- The limits repeat the update contract, so that a raw request is held to the same rules as the dashboard.

create table public.cases (
  case_id bigint generated always as identity primary key,
  user_id uuid not null default auth.uid() references auth.users (id) on delete restrict,
  patient_name text not null,
  patient_age integer not null,
  patient_gender text not null,
  case_summary text not null default '',
  status text not null default 'pending',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint patient_name_is_one_line_of_1_to_200_characters check (
    char_length(patient_name) between 1 and 200
    and patient_name ~ '\S'
    and patient_name !~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029]'
  ),
  constraint patient_age_is_0_to_150_years check (patient_age between 0 and 150),
  constraint patient_gender_is_an_administrative_gender check (
    patient_gender in ('male', 'female', 'other', 'unknown')
  ),
  constraint case_summary_is_at_most_20000_characters check (char_length(case_summary) <= 20000),
  constraint status_is_known check (status in ('pending', 'analyzing', 'completed', 'archived'))
);

comment on table public.cases is 'Patient cases, each owned by one clinician.';
comment on column public.cases.case_id is 'Identity, set by the database.';
comment on column public.cases.user_id is 'The clinician who owns the case; never changes.';
comment on column public.cases.patient_name is '1 to 200 characters, one line.';
comment on column public.cases.patient_age is 'Years, 0 to 150.';
comment on column public.cases.patient_gender is 'FHIR AdministrativeGender; set at creation, never changes.';
comment on column public.cases.case_summary is 'The clinician''s notes, at most 20,000 characters.';
comment on column public.cases.status is 'pending, analyzing, completed or archived; any may follow any.';
comment on column public.cases.created_at is 'When the case was created; never changes.';
comment on column public.cases.updated_at is 'The version: set by the database, strictly later with every update.';

-- The worklist reads one owner's cases by waiting time, or one status by the latest change.
create index cases_by_waiting_time on public.cases (user_id, created_at, case_id);
create index cases_by_latest_change on public.cases (user_id, status, updated_at, case_id);

alter table public.cases enable row level security;

create policy "Clinicians see their own cases" on public.cases
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy "Clinicians create cases of their own" on public.cases
  for insert to authenticated
  with check (user_id = (select auth.uid()));

create policy "Clinicians update their own cases" on public.cases
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

revoke all on public.cases from anon, authenticated;
grant select on public.cases to authenticated;
grant insert (patient_name, patient_age, patient_gender, case_summary, status) on public.cases to authenticated;
grant update (patient_name, patient_age, case_summary, status) on public.cases to authenticated;

create function public.start_case() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  new.created_at := now();
  new.updated_at := new.created_at;
  return new;
end;
$$;

create trigger start_case before insert on public.cases
  for each row execute function public.start_case();

create function public.advance_case() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  if (new.case_id, new.user_id, new.patient_gender, new.created_at)
    is distinct from (old.case_id, old.user_id, old.patient_gender, old.created_at)
  then
    raise exception 'case_id, user_id, patient_gender and created_at of a case never change'
      using errcode = 'check_violation';
  end if;
  new.updated_at := greatest(clock_timestamp(), old.updated_at + interval '1 microsecond');
  return new;
end;
$$;

create trigger advance_case before update on public.cases
  for each row execute function public.advance_case();

-- How many cases of each status the reader owns: one small answer, whatever the number of cases.
create view public.case_counts with (security_invoker = true) as
  select status, count(*) as cases from public.cases group by status;

comment on view public.case_counts is 'Number of the reader''s own cases for each status.';
revoke all on public.case_counts from anon, authenticated;
grant select on public.case_counts to authenticated;
