-- Who may be the same patient: asked before a case is created, so that the name travels in the body of a request. Names
-- are compared as a search compares them, and blanks do not count: "ann  DOE" is "Ann Doé". Few cases share an age and
-- a gender, and only their names are looked at.

-- Whose cases these are is for the policies to say. A case that was created under this key is the new one itself: its
-- answer was lost.
create function public.find_same_patients(name text, age integer, gender text, creation_key text)
  returns table (
    case_id bigint, patient_name text, patient_age integer, patient_gender text, status text, created_at timestamptz
  )
  language sql stable set search_path = ''
as $$
  select one.case_id, one.patient_name, one.patient_age, one.patient_gender, one.status, one.created_at
    from public.cases as one
    where one.status in ('pending', 'analyzing') and one.patient_age = age and one.patient_gender = gender
      and replace(public.fold(one.patient_name), ' ', '') = replace(public.fold(name), ' ', '')
      and not exists (
        select from public.case_creations
          where case_creations.case_id = one.case_id and case_creations.key = creation_key
      )
    order by one.created_at, one.case_id
    limit 5;
$$;

comment on function public.find_same_patients(text, integer, text, text) is
  'The clinician''s open cases with the name, age and gender of a new one, at most 5, those that wait longest first.';

revoke all on function public.find_same_patients(text, integer, text, text) from public, anon;
grant execute on function public.find_same_patients(text, integer, text, text) to authenticated;
