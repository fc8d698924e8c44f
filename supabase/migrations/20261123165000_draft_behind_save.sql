-- A draft that is kept while its case is saved: neither transaction sees the other, so that what was just saved would
-- stay behind as a draft. Whoever keeps a draft therefore waits for a save, and a save for whoever keeps a draft.

create or replace function public.keep_draft(
  of_case bigint, typed_on timestamptz, typed jsonb, seen timestamptz default null
) returns setof public.case_drafts
  language plpgsql security invoker set search_path = ''
as $$
begin
  -- First the case is locked, then its draft, as by an update of the case: so nobody waits in a circle.
  perform from public.cases where case_id = of_case for share;
  -- The conflict locks the stored draft, even where it stays as it is: nobody can take it away before it is returned.
  insert into public.case_drafts as stored (case_id, base_version, changes)
    select cases.case_id, typed_on, typed from public.cases where cases.case_id = of_case
    on conflict (user_id, case_id) do update
      set base_version = excluded.base_version, changes = excluded.changes
      where stored.updated_at = seen;
  return query select * from public.case_drafts where case_drafts.case_id = of_case;
end;
$$;
