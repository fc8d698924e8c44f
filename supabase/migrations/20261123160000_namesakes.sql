-- Namesakes: a clinician's other open cases with the same patient name. Asked for by the number of a case, so that no
-- name travels.

-- No index on names in lower case: the policy lets none be used, because `lower` counts as leaky. The index of open
-- cases leads to the clinician's own.
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

comment on function public.find_namesakes(bigint) is
  'The clinician''s other open cases with the same patient name, at most 5.';

revoke all on function public.find_namesakes(bigint) from public, anon;
grant execute on function public.find_namesakes(bigint) to authenticated;
