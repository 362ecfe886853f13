-- The days that the orders of each data set cover, and the day as of which its customers are valued.
with lines as (
    select * from {{ ref('sales_lines') }}
),

declared as (
    {%- for dataset in datasets_of('sales') %}
    select
        '{{ dataset }}' as dataset,
        {{ literal(declared_of(dataset, 'sales').as_of_date if execute) }}::date as as_of_date
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
)

select
    lines.dataset,
    min(lines.ordered_on) as first_day,
    max(lines.ordered_on) as last_day,
    coalesce(any_value(declared.as_of_date), max(lines.ordered_on) + 1) as as_of_date
from lines
inner join declared using (dataset)
group by lines.dataset
