{# Stops what is downstream, with one line that says how much was rejected and most often why. #}
{% test rejected_share_within_limit(model, source_name) %}
with checked as (
    select * from {{ model }}
),

counted as (
    select
        count(*) as rows_read,
        count(reject_reason) as rows_rejected,
        mode(reject_reason) as main_reason
    from checked
),

first_of_them as (
    select
        counted.*,
        min((checked.file, checked.row_number)) as place
    from counted
    left join checked on checked.reject_reason = counted.main_reason
    group by all
)

select *
from first_of_them
{# In the where clause, because dbt counts rows and DuckDB leaves out columns that nobody asks for. #}
where
    case
        when rows_rejected > {{ var('max_rejected_share') }} * rows_read
            then error(format(
                '{{ source_name }}: {} of {} rows are rejected, more than max_rejected_share {{ var("max_rejected_share") }} allows; mostly: {}{}.'
                || ' See reject_reason in {{ model.schema }}.{{ model.identifier }} of the working file.',
                rows_rejected,
                rows_read,
                main_reason,
                example_of('{{ source_name }}', main_reason, place[1], place[2], {{ literal(tojson(var('masked_columns'))) }})
            )) is null
        else false
    end
{% endtest %}
