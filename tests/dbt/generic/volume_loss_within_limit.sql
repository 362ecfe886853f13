{# Stops what is downstream, with one line, where almost nothing is left of what the published generation kept of a source. #}
{% test volume_loss_within_limit(model, source_name) %}
{{ config(enabled=var('max_volume_loss') is not none) }}
{# Not by source(): a test holds back only what is downstream of everything that it refers to. #}
{% set published = api.Relation.create(database='previous' if target.type == 'duckdb' else none, schema='monitoring', identifier='data_quality') %}
with previous_data_quality as (
    select
        source,
        rows_kept
    from {{ published }}
),

counted as (
    select
        (select count(*) from {{ model }} where reject_reason is null and exclusion_rule is null) as rows_kept,
        (select sum(rows_kept) from previous_data_quality where source = {{ literal(source_name) }}) as previous_rows_kept
)

select *
from counted
{# In the where clause, because dbt counts rows and DuckDB leaves out columns that nobody asks for. #}
where previous_rows_kept - rows_kept > {{ var('max_volume_loss') }} * previous_rows_kept and error(format(
    '{{ source_name }}: of {} rows that were kept for the published generation {} are left, a larger loss than max_volume_loss'
    || ' {{ var("max_volume_loss") }} allows: look at the raw files, or publish it with --vars ''{{ "{{max_volume_loss: null}}" }}''.',
    previous_rows_kept, rows_kept
)) is null
{% endtest %}
