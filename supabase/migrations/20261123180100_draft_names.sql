-- A name is saved without any white space around it, as Python strips it, no-break spaces among it: a draft whose name
-- ends in such a space was left behind by the save of just that name.
create or replace function public.discard_saved_draft() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.case_drafts as draft using public.cases
    where draft.user_id = new.user_id and draft.case_id = new.case_id and cases.case_id = draft.case_id
      and to_jsonb(cases) @> (
        draft.changes || jsonb_strip_nulls(jsonb_build_object('patient_name', btrim(
          draft.changes ->> 'patient_name',
          E'\u0009\u000a\u000b\u000c\u000d\u001c\u001d\u001e\u001f\u0020\u0085\u00a0\u1680\u2000\u2001\u2002\u2003'
          '\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'
        )))
      );
  return null;
end;
$$;
