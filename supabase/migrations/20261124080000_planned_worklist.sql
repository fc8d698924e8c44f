-- The question that opens the worklist is planned once a connection, not each time: PL/pgSQL keeps the plan of what is
-- written out in it, and none of what it composes. A kept plan may have been made when there were few cases, and reads
-- all that a clinician has, so it serves those who have few; new statistics of the tables renew it.

create function public.open_worklist() returns setof public.worklist
  language plpgsql stable security invoker set search_path = ''
as $$
begin
  return query
    select worklist.* from public.worklist
      where status in ('pending', 'analyzing') and case_id in (select case_id from public.case_flags)
    union all (
      select worklist.* from public.worklist
        where status in ('pending', 'analyzing') and not is_flagged
        order by created_at, case_id limit 51
    )
    order by is_flagged desc, created_at, case_id limit 51;
end;
$$;

create or replace function public.list_worklist(asked jsonb) returns setof public.worklist
  language plpgsql stable security invoker set search_path = ''
as $$
begin
  if asked = '{
    "statuses": ["pending", "analyzing"], "is_flagged": false, "has_draft": false,
    "order": "urgency", "descending": false, "limit": 51
  }' and (select sum(cases) from public.case_counts) < 2000 then
    return query select * from public.open_worklist();
  else
    return query execute public.query_worklist(asked) using asked, public.fold_words(asked);
  end if;
end;
$$;

revoke all on function public.open_worklist() from public, anon;
grant execute on function public.open_worklist() to authenticated;
