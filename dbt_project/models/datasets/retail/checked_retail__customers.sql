with typed as materialized (
    {{ typed_rows('retail', source('retail', 'marketing_campaign')) }}
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
                'problems',
                reason('year(as_of_date) - year_birth > ' ~ var('retail_max_age'), 'year_birth gives an age above retail_max_age'),
                reason('year_birth > year(as_of_date)', 'year_birth is in the future'),
                reason('income > ' ~ var('retail_max_income'), 'income is above retail_max_income'),
                reason('dt_customer > as_of_date', 'dt_customer is after retail_as_of_date')
            ]) }} as problems,
            {{ joined_reasons(['repairs', reason('income is null', 'income is missing: median')]) }} as repairs
        )
    from dated
),

judged as (
    {{ judged_rows('ruled', key=['id'], flag_duplicates=true) }}
)

select
    *,
    {{ reason('is_forgotten', 'forgotten') }} as exclusion_rule
from judged
