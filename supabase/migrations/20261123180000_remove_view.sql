-- Removes the view that was seen: another one may have taken its place since. A function, because a name is typed and
-- may not be in an address.
create function public.remove_view(view_place integer, view_name text) returns void
  language sql security invoker set search_path = ''
as $$
  delete from public.saved_views where place = view_place and name = view_name;
$$;

revoke all on function public.remove_view(integer, text) from public, anon;
grant execute on function public.remove_view(integer, text) to authenticated;
