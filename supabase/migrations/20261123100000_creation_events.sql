-- Creations: from now on the history of a case starts with its creation, so that its events, replayed, give the case.
-- Events know whose case they are about, so that reading a page of them asks for nothing else.

alter table public.case_events disable trigger refuse_rewriting_history;

alter table public.case_events
  add column user_id uuid,
  add column kind text not null default 'update' constraint kind_is_known check (kind in ('creation', 'update'));

create or replace function public.record_case_event() returns trigger
  language plpgsql security definer set search_path = ''
as $$
declare
  changed jsonb;
begin
  -- At a creation there is no old case: every field comes from null.
  select jsonb_object_agg(after.key, jsonb_build_object('from', before.value, 'to', after.value))
    into changed
    from jsonb_each(to_jsonb(new)) as after
    left join jsonb_each(to_jsonb(old)) as before using (key)
    where after.value is distinct from before.value
      and after.key not in ('case_id', 'user_id', 'created_at', 'updated_at');
  if changed is not null then
    insert into public.case_events (case_id, user_id, kind, changed_by, changed_at, changes)
      values (
        new.case_id, new.user_id, case tg_op when 'INSERT' then 'creation' else 'update' end,
        (select auth.uid()), new.updated_at, changed
      );
  end if;
  return null;
end;
$$;

update public.case_events set user_id = cases.user_id from public.cases where cases.case_id = case_events.case_id;

alter table public.case_events alter column user_id set not null;

alter table public.case_events enable trigger refuse_rewriting_history;

comment on column public.case_events.user_id is 'The clinician who owns the case.';
comment on column public.case_events.kind is
  'creation or update; cases created before creations were recorded have none.';
comment on column public.case_events.changes is
  'By field: {"status": {"from": "pending", "to": "completed"}}; at a creation from null.';

drop trigger record_case_event on public.cases;

create trigger record_case_event after insert or update on public.cases
  for each row execute function public.record_case_event();

drop policy "Clinicians see the history of their own cases" on public.case_events;

create policy "Clinicians see the history of their own cases" on public.case_events
  for select to authenticated
  using (user_id = (select auth.uid()));

-- Pages of a case's history and of a clinician's own changes, newest first; and what administrators have changed since.
drop index public.case_events_by_case;
drop index public.case_events_by_clinician;
create index case_events_by_case on public.case_events (case_id, changed_at, event_id);
create index case_events_by_clinician on public.case_events (changed_by, changed_at, event_id);
create index case_events_by_administrators on public.case_events (user_id, changed_at) where changed_by is null;
