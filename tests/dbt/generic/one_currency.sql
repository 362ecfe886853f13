{# Stops what is downstream, with one line, where a source's amounts are of several currencies and cannot be added up. #}
{% test one_currency(model, source_name) %}
with currencies as (
    select
        currency,
        count(*) as lines
    from {{ model }}
    where currency is not null
    group by currency
),

named as (
    select
        count(*) as currencies,
        string_agg(currency || ' (' || lines || ' lines)', ', ' order by lines desc, currency asc) as names
    from currencies
)

select *
from named
{# In the where clause, because dbt counts rows and DuckDB leaves out columns that nobody asks for. #}
where currencies > 1 and error(
    '{{ source_name }}: the column currency holds ' || names || ', and amounts of several currencies cannot be added up:'
    || ' convert them to one, or build each currency from files of its own.'
) is null
{% endtest %}
