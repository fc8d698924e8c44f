-- Flags: what a clinician calls urgent. A row is a flag; the nine fields of a case stay nine.

create table public.case_flags (
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  case_id bigint not null references public.cases (case_id) on delete cascade,
  flagged_at timestamptz not null default now(),
  primary key (user_id, case_id)
);

comment on table public.case_flags is 'Cases that their clinician calls urgent; they come first in the triage order.';
comment on column public.case_flags.user_id is 'The clinician who flagged the case, who owns it.';
comment on column public.case_flags.case_id is 'The case that is urgent.';
comment on column public.case_flags.flagged_at is 'When it was flagged; set by the database.';

alter table public.case_flags enable row level security;

create policy "Clinicians see their own flags" on public.case_flags
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy "Clinicians flag their own cases" on public.case_flags
  for insert to authenticated
  with check (
    user_id = (select auth.uid())
    and exists (select from public.cases where cases.case_id = case_flags.case_id)
  );

create policy "Clinicians take off their own flags" on public.case_flags
  for delete to authenticated
  using (user_id = (select auth.uid()));

revoke all on public.case_flags from anon, authenticated;
grant select, delete on public.case_flags to authenticated;
grant insert (case_id) on public.case_flags to authenticated;

-- The embedded default grants every column.
create function public.start_flag() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  new.flagged_at := now();
  return new;
end;
$$;

revoke all on function public.start_flag() from public, anon, authenticated;

create trigger start_flag before insert on public.case_flags
  for each row execute function public.start_flag();

-- Flags a case, however often it is asked for, and returns the flag; none where the case is not the reader's own.
create function public.flag_case(of_case bigint) returns setof public.case_flags
  language sql security invoker set search_path = ''
as $$
  insert into public.case_flags (case_id)
    select cases.case_id from public.cases where cases.case_id = of_case
    on conflict (user_id, case_id) do nothing;
  select * from public.case_flags where case_flags.case_id = of_case;
$$;

revoke all on function public.flag_case(bigint) from public, anon;
grant execute on function public.flag_case(bigint) to authenticated;
