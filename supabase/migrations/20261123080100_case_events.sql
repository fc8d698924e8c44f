-- Case events: the append-only history of a case, written by a trigger in the same transaction as the change.

create table public.case_events (
  event_id bigint generated always as identity primary key,
  case_id bigint not null references public.cases (case_id) on delete restrict,
  changed_by uuid references auth.users (id) on delete restrict,
  changed_at timestamptz not null,
  changes jsonb not null
);

comment on table public.case_events is 'History of cases: who changed what, and when. Append-only.';
comment on column public.case_events.event_id is 'Identity, set by the database; later changes have higher numbers.';
comment on column public.case_events.case_id is 'The case that was changed.';
comment on column public.case_events.changed_by is
  'The signed-in clinician; empty for a change made by an administrator.';
comment on column public.case_events.changed_at is 'The version of the case that this change made (its updated_at).';
comment on column public.case_events.changes is 'By field: {"status": {"from": "pending", "to": "completed"}}.';

create index case_events_by_case on public.case_events (case_id, event_id);
create index case_events_by_clinician on public.case_events (changed_by);

alter table public.case_events enable row level security;

create policy "Clinicians see the history of their own cases" on public.case_events
  for select to authenticated
  using (
    exists (
      select from public.cases
      where cases.case_id = case_events.case_id and cases.user_id = (select auth.uid())
    )
  );

revoke all on public.case_events from anon, authenticated;
grant select on public.case_events to authenticated;

-- Runs as its owner, because nobody who updates a case may write its history.
create function public.record_case_event() returns trigger
  language plpgsql security definer set search_path = ''
as $$
declare
  changed jsonb;
begin
  select jsonb_object_agg(after.key, jsonb_build_object('from', before.value, 'to', after.value))
    into changed
    from jsonb_each(to_jsonb(new)) as after
    join jsonb_each(to_jsonb(old)) as before using (key)
    where after.value is distinct from before.value and after.key <> 'updated_at';
  if changed is not null then
    insert into public.case_events (case_id, changed_by, changed_at, changes)
      values (new.case_id, (select auth.uid()), new.updated_at, changed);
  end if;
  return null;
end;
$$;

revoke all on function public.record_case_event() from public, anon, authenticated;

create trigger record_case_event after update on public.cases
  for each row execute function public.record_case_event();

create function public.refuse_rewriting_history() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  raise exception 'The history of a case is append-only' using errcode = 'check_violation';
end;
$$;

create trigger refuse_rewriting_history before update or delete or truncate on public.case_events
  for each statement execute function public.refuse_rewriting_history();
