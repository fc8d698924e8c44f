-- What opening the worklist asks for, in one request: a page of it, and how many cases of each status there are.

create function public.list_worklist_with_counts(asked jsonb) returns json
  language sql stable security invoker set search_path = ''
as $$
  select json_build_object(
    'cases', (select coalesce(json_agg(page), '[]') from public.list_worklist(asked) as page),
    'counts', (select coalesce(json_agg(counts), '[]') from public.case_counts as counts)
  )
$$;

comment on function public.list_worklist_with_counts(jsonb) is
  'One page of the reader''s worklist, with the counts of all of it.';

revoke all on function public.list_worklist_with_counts(jsonb) from public, anon;
grant execute on function public.list_worklist_with_counts(jsonb) to authenticated;
