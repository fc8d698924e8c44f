-- When a case was closed: a closed case may be changed again, and its latest change is not its closing. The history
-- knows when the status became what it is; cases that were closed before there was a history have no such moment.

create index case_events_by_status on public.case_events (case_id, changed_at) where changes ? 'status';

create or replace view public.worklist with (security_invoker = true) as
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
    coalesce((select true from public.unseen_changes as mark where mark.case_id = cases.case_id), false) as is_unseen,
    coalesce((
      select true from public.case_flags as flag where flag.user_id = cases.user_id and flag.case_id = cases.case_id
    ), false) as is_flagged,
    -- The latest status that was recorded is the present one: every change of it is an event. Open cases ask for none.
    case when status in ('completed', 'archived') then (
      select changed_at from public.case_events as event
        where event.case_id = cases.case_id and event.changes ? 'status'
        order by event.changed_at desc limit 1
    ) end as closed_at
  from public.cases, (
    values (
      E'\u0009\u000a\u000b\u000c\u000d\u001c\u001d\u001e\u001f\u0020\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004'
      '\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'
    )
  ) as blank (characters);

-- Connections have kept plans for rows as they were: a function that is altered is planned anew.
alter function public.open_worklist() stable;
alter function public.list_worklist(jsonb) stable;
