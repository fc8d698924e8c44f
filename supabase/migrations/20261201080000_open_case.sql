-- What is shown of a case when it is opened, in one answer: the case itself, what is typed about it, whether it is
-- flagged, and its namesakes. Each was a question of its own, and a Supabase nearby spends most of its time on asking.

-- In PL/pgSQL, so that it is planned once a connection.
create function public.open_case(of_case bigint)
  returns table (opened jsonb, draft jsonb, is_flagged boolean, namesakes jsonb)
  language plpgsql stable security invoker set search_path = ''
as $$
begin
  return query
    select
      to_jsonb(one),
      (select to_jsonb(typed) from public.case_drafts as typed where typed.case_id = of_case),
      exists (select from public.case_flags as flag where flag.case_id = of_case),
      (select coalesce(jsonb_agg(other), '[]') from public.find_namesakes(of_case) as other)
    from public.cases as one
    where one.case_id = of_case;
end;
$$;

comment on function public.open_case(bigint) is
  'One of the reader''s own cases, with its draft, whether it is flagged, and its namesakes.';

revoke all on function public.open_case(bigint) from public, anon;
grant execute on function public.open_case(bigint) to authenticated;
