{# Stops what is downstream, with one line that says how much was rejected and most often why. #}
{% test rejected_share_within_limit(model, source_name) %}
with counted as (
    select
        count(*) as rows_read,
        count(reject_reason) as rows_rejected,
        mode(reject_reason) as main_reason
    from {{ model }}
)

select *
from counted
{# In the where clause, because dbt counts rows and DuckDB leaves out columns that nobody asks for. #}
where rows_rejected > {{ var('max_rejected_share') }} * rows_read and error(format(
    '{{ source_name }}: {} of {} rows are rejected, more than max_rejected_share {{ var("max_rejected_share") }} allows; mostly: {}.'
    || ' See reject_reason in {{ model.schema }}.{{ model.identifier }} of the working file.',
    rows_rejected, rows_read, main_reason
)) is null
{% endtest %}
