-- Unseen changes: a case that somebody else than its owner has changed is marked, until its owner has opened it.
-- A row is a mark. So the worklist asks by primary key, and opening a case without a mark asks for nothing.

create table public.unseen_changes (
  case_id bigint primary key references public.cases (case_id) on delete restrict,
  user_id uuid not null references auth.users (id) on delete restrict,
  changed_at timestamptz not null
);

comment on table public.unseen_changes is 'Cases that somebody else changed and their owner has not opened since.';
comment on column public.unseen_changes.user_id is 'The clinician who owns the case.';
comment on column public.unseen_changes.changed_at is 'The version of the case that the latest such change made.';

create index unseen_changes_by_clinician on public.unseen_changes (user_id, changed_at, case_id);

alter table public.unseen_changes enable row level security;

create policy "Clinicians see what was changed in their own cases" on public.unseen_changes
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy "Clinicians take note of changes in their own cases" on public.unseen_changes
  for delete to authenticated
  using (user_id = (select auth.uid()));

revoke all on public.unseen_changes from anon, authenticated;
grant select, delete on public.unseen_changes to authenticated;

-- Runs as its owner, because nobody may make a mark of their own.
create function public.mark_unseen_change() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  if new.user_id is distinct from (select auth.uid()) then
    insert into public.unseen_changes (case_id, user_id, changed_at)
      values (new.case_id, new.user_id, new.updated_at)
      on conflict (case_id) do update set changed_at = excluded.changed_at;
  end if;
  return null;
end;
$$;

revoke all on function public.mark_unseen_change() from public, anon, authenticated;

create trigger mark_unseen_change after update on public.cases
  for each row
  when (
    (old.patient_name, old.patient_age, old.case_summary, old.status)
    is distinct from (new.patient_name, new.patient_age, new.case_summary, new.status)
  )
  execute function public.mark_unseen_change();

-- Nothing else asks what administrators have changed.
drop index public.case_events_by_administrators;
