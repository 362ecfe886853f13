{# Stops the fit, with one line that names the column, where a feature cannot be used. #}
{% test customers_can_be_segmented(model, dataset) %}
with checked as (
    select
        case
            {%- for feature in segmentation_spec(dataset).features %}
            when count(*) filter (where coalesce(isfinite({{ adapter.quote(feature) }}::double), false)) < count(*)
                then format(
                    '{{ feature }} is null or not finite for {} of {} customers: fill it in the raw file, or leave it out of features in config.meta of fit_{{ dataset }}_segments',
                    count(*) filter (where not coalesce(isfinite({{ adapter.quote(feature) }}::double), false)), count(*)
                )
            {%- endfor %}
        end as problem
    from {{ model }}
)

select *
from checked
{# In the where clause, because dbt counts rows and DuckDB leaves out columns that nobody asks for. #}
where problem is not null and error('{{ dataset }}_features: ' || problem || '.') is null
{% endtest %}
