{# Stops what is downstream, with one line, where nothing that a source brought can be worked with. #}
{% test a_row_is_left(model, source_name) %}
{# Not by ref(): a selection of the intake would run this test without its model. #}
{% set checked = api.Relation.create(schema='datasets', identifier='checked_' ~ source_name ~ '__' ~ source_entities()[source_name]) %}
with counted as (
    select
        count(*) as rows_read,
        count(reject_reason) as rows_rejected,
        count(*) filter (where reject_reason is null and exclusion_rule is not null) as rows_excluded,
        mode(coalesce(reject_reason, exclusion_rule)) as main_reason
    from {{ checked }}
),

left_over as (
    select count(*) as rows_left from {{ model }}
),

checked as (
    select
        case
            when left_over.rows_left = 0
                then format(
                    'no row is left to work with: {} read, {} rejected, {} excluded{}',
                    counted.rows_read,
                    counted.rows_rejected,
                    counted.rows_excluded,
                    coalesce(' (mostly: ' || counted.main_reason || ')', '')
                )
        end as problem
    from counted
    cross join left_over
)

select *
from checked
{# In the where clause, because dbt counts rows and DuckDB leaves out columns that nobody asks for. #}
where
    problem is not null
    and error(
        '{{ source_name }}: ' || problem || '. Bring a file with rows that count, or take {{ source_name }} out of sources_enabled.'
    ) is null
{% endtest %}
