with typed as (
    {{ typed_rows(source('retail', 'marketing_campaign'), ref('raw_retail__customers')) }}
),

dated as (
    select
        *,
        {{ retail_as_of_date('dt_customer') }} as as_of_date
    from typed
),

ruled as (
    select
        * replace (
            {{ joined_reasons([
                "problems",
                "case when year(as_of_date) - year_birth > " ~ var('retail_max_age') ~ " then 'year_birth gives an age above retail_max_age' end",
                "case when year_birth > year(as_of_date) then 'year_birth is in the future' end",
                "case when income > " ~ var('retail_max_income') ~ " then 'income is above retail_max_income' end",
                "case when dt_customer > as_of_date then 'dt_customer is after retail_as_of_date' end",
            ]) }} as problems,
            {{ joined_reasons([
                "repairs",
                "case when income is null then 'income is missing: median' end",
            ]) }} as repairs
        )
    from dated
),

judged as (
    {{ judged_rows('ruled', key=['id']) }}
)

select
    *,
    null::varchar as exclusion_rule
from judged
