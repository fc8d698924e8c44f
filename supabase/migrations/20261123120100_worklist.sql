-- The worklist: what its table shows of each case, its marks with it so that nobody has to ask for them, and an
-- index in the order of each of its forms, so that a page reads the rows it shows and no more. Open cases have a
-- view of their own: only with the statuses written out does PostgreSQL know in every plan that the partial index
-- holds them all.

create view public.worklist with (security_invoker = true) as
  select
    case_id, patient_name, patient_age, patient_gender, status, created_at, updated_at,
    -- The first line that is not blank, without the space around it. A long summary is not unpacked for it beyond its
    -- first 1,000 characters. Which characters are space, and which end a line, depends on the locale, unless said.
    rtrim(
      substring(
        left(ltrim(left(case_summary, 1000), blank.characters), 200)
        from '^[^\u000a-\u000d\u001c-\u001e\u0085\u2028\u2029]*'
      ),
      blank.characters
    ) as first_line,
    -- Not by `exists`, for which PostgreSQL may read every mark there is.
    coalesce((
      select true from public.case_drafts as draft where draft.user_id = cases.user_id and draft.case_id = cases.case_id
    ), false) as has_draft,
    coalesce((select true from public.unseen_changes as mark where mark.case_id = cases.case_id), false) as is_unseen
  from public.cases, (
    values (
      E'\u0009\u000a\u000b\u000c\u000d\u001c\u001d\u001e\u001f\u0020\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004'
      '\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'
    )
  ) as blank (characters);

create view public.open_worklist with (security_invoker = true) as
  select * from public.worklist where status in ('pending', 'analyzing');

comment on view public.worklist is 'The reader''s own cases, with the first line of each summary and their marks.';
comment on view public.open_worklist is 'Those of the worklist that wait: pending or analyzing.';

revoke all on public.worklist, public.open_worklist from anon, authenticated;
grant select on public.worklist, public.open_worklist to authenticated;

-- Open cases, and those of one status, by waiting time; all cases, and those of one status, by the latest change.
drop index public.cases_by_waiting_time;
alter index public.cases_by_latest_change rename to cases_of_a_status_by_latest_change;
create index open_cases_by_waiting_time on public.cases (user_id, created_at, case_id)
  where status in ('pending', 'analyzing');
create index cases_of_a_status_by_waiting_time on public.cases (user_id, status, created_at, case_id);
create index cases_by_latest_change on public.cases (user_id, updated_at, case_id);
