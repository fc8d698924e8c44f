-- Counts: how many cases of each status a clinician has, kept in the transaction that changes them, so that asking
-- costs the same whatever there is.

drop view public.case_counts;

create table public.case_counts (
  user_id uuid not null references auth.users (id) on delete cascade,
  status text not null,
  cases bigint not null,
  primary key (user_id, status)
);

comment on table public.case_counts is 'Number of each clinician''s cases by status, kept by a trigger.';
comment on column public.case_counts.user_id is 'The clinician who owns the cases.';
comment on column public.case_counts.status is 'A status that one of the cases has, or once had.';
comment on column public.case_counts.cases is 'How many cases of the clinician have it.';

alter table public.case_counts enable row level security;

create policy "Clinicians see the counts of their own cases" on public.case_counts
  for select to authenticated
  using (user_id = (select auth.uid()));

revoke all on public.case_counts from anon, authenticated, service_role;
grant select on public.case_counts to authenticated, service_role;

-- Both run as their owner, because nobody may write counts. A status whose number stays is not touched, so that a save
-- without a new status waits for nobody; what does change is locked in one order, so that those who save together never
-- wait in a circle.
create function public.count_new_cases() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.case_counts (user_id, status, cases)
    select user_id, status, count(*) from cases_after
      group by user_id, status order by user_id, status
    on conflict (user_id, status) do update set cases = case_counts.cases + excluded.cases;
  return null;
end;
$$;

create function public.count_moved_cases() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.case_counts (user_id, status, cases)
    select user_id, status, sum(difference) from (
      select user_id, status, 1 as difference from cases_after
      union all
      select user_id, status, -1 from cases_before
    ) as moved
      group by user_id, status having sum(difference) <> 0 order by user_id, status
    on conflict (user_id, status) do update set cases = case_counts.cases + excluded.cases;
  return null;
end;
$$;

revoke all on function public.count_new_cases(), public.count_moved_cases() from public, anon, authenticated;

create trigger count_new_cases after insert on public.cases
  referencing new table as cases_after
  for each statement execute function public.count_new_cases();

create trigger count_moved_cases after update on public.cases
  referencing old table as cases_before new table as cases_after
  for each statement execute function public.count_moved_cases();

-- What is there already, while nobody writes; the triggers count from here on.
do $$
begin
  lock table public.cases in share mode;
  insert into public.case_counts (user_id, status, cases)
    select user_id, status, count(*) from public.cases group by user_id, status
    on conflict (user_id, status) do update set cases = excluded.cases;
end;
$$;
