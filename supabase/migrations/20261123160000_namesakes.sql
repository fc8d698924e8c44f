-- Namesakes: a clinician's other open cases with the same patient name. Asked for by the number of a case, so that no
-- name travels.

create index cases_open_by_name on public.cases (user_id, lower(patient_name))
  where status in ('pending', 'analyzing');

create function public.find_namesakes(of_case bigint)
  returns table (case_id bigint, patient_age integer, patient_gender text)
  language sql stable set search_path = ''
as $$
  select other.case_id, other.patient_age, other.patient_gender
    from public.cases as one
    join public.cases as other
      on other.user_id = one.user_id and lower(other.patient_name) = lower(one.patient_name)
    where one.case_id = of_case and other.case_id <> of_case and other.status in ('pending', 'analyzing')
    order by other.case_id
    limit 5;
$$;

comment on function public.find_namesakes(bigint) is 'The clinician''s other open cases with the same patient name, at most 5.';

revoke all on function public.find_namesakes(bigint) from public, anon;
grant execute on function public.find_namesakes(bigint) to authenticated;
