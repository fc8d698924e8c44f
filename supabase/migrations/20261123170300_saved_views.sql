-- Saved views: filters and an order of the worklist under a name of the clinician's own, such as "My overdue".
-- Each has one of 20 places, so that there are never more.

create table public.saved_views (
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  place smallint not null,
  name text not null,
  filters jsonb not null,
  primary key (user_id, place),
  unique (user_id, name),
  constraint place_is_1_to_20 check (place between 1 and 20),
  constraint name_is_one_visible_line_of_1_to_60_characters check (
    char_length(name) between 1 and 60
    and name = btrim(name)
    and name !~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'
    and name ~ (
      '[^\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000'
      '\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\u2800\u3164'
      '\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'
    )
  ),
  constraint filters_are_an_object_of_at_most_1000_characters check (
    jsonb_typeof(filters) = 'object' and char_length(filters::text) <= 1000
  )
);

comment on table public.saved_views is 'Filters of the worklist under names that their clinician gave them.';
comment on column public.saved_views.user_id is 'The clinician who saved the view.';
comment on column public.saved_views.place is '1 to 20: where it stands in the list.';
comment on column public.saved_views.name is '1 to 60 characters, one line, not all of them invisible.';
comment on column public.saved_views.filters is 'By name: {"show": "open", "overdue": true}.';

alter table public.saved_views enable row level security;

create policy "Clinicians see their own saved views" on public.saved_views
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy "Clinicians save views of their own" on public.saved_views
  for insert to authenticated
  with check (user_id = (select auth.uid()));

create policy "Clinicians change their own saved views" on public.saved_views
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

create policy "Clinicians remove their own saved views" on public.saved_views
  for delete to authenticated
  using (user_id = (select auth.uid()));

revoke all on public.saved_views from anon, authenticated;
grant select, delete on public.saved_views to authenticated;
grant insert (place, name, filters) on public.saved_views to authenticated;
grant update (filters) on public.saved_views to authenticated;

-- Saves filters under a name, in place of what it stood for before or else in the first free place; returns nothing
-- where every place is taken.
create function public.save_view(view_name text, view_filters jsonb) returns setof public.saved_views
  language sql security invoker set search_path = ''
as $$
  insert into public.saved_views (place, name, filters)
    select place, view_name, view_filters from generate_series(1, 20) as place
      where place not in (
        select saved.place from public.saved_views as saved where saved.name <> view_name
      )
      order by (
        select saved.place from public.saved_views as saved where saved.name = view_name
      ) is distinct from place, place
      limit 1
    on conflict (user_id, name) do update set filters = excluded.filters
    returning *;
$$;

revoke all on function public.save_view(text, jsonb) from public, anon;
grant execute on function public.save_view(text, jsonb) to authenticated;
