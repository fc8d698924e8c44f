-- History even against administrators: the service role, which passes by every policy, cannot delete a case, nor write,
-- change or delete an event. Grants say so, and triggers, should a grant ever come back.

create function public.refuse_deleting_cases() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  raise exception 'Cases are never deleted; archive them' using errcode = 'check_violation';
end;
$$;

create trigger refuse_deleting_cases before delete or truncate on public.cases
  for each statement execute function public.refuse_deleting_cases();

-- Only the trigger on cases writes history, and is one level deep when it does.
create trigger refuse_writing_history before insert on public.case_events
  for each statement when (pg_trigger_depth() = 0) execute function public.refuse_rewriting_history();

-- What triggers call, nobody else has to.
revoke all on function
  public.start_case(), public.advance_case(), public.refuse_deleting_cases(), public.refuse_rewriting_history()
  from public, anon, authenticated;

revoke delete, truncate, references, trigger on public.cases from service_role;
revoke insert, update, delete, truncate, references, trigger on public.case_events from service_role;

-- An identity takes its number without a grant.
revoke all on sequence public.cases_case_id_seq, public.case_events_event_id_seq
  from anon, authenticated, service_role;
