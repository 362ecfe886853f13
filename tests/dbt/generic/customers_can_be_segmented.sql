{# Stops the fit, with one line that names the column, where a feature cannot be used. #}
{% test customers_can_be_segmented(model, specs) %}
with features as (
    select
        dataset,
        log_features,
        unnest(list_distinct(list_append(features, value_feature))) as feature
    from {{ specs }}
),

counted as (
    select
        dataset,
        feature,
        count(customer_id) as customers,
        count(*) filter (where is_number) as numbers,
        count(*) filter (where isfinite(number_value)) as usable,
        count(*) filter (where number_value < 0 and list_contains(log_features, feature)) as negative
    from features
    left join {{ model }} using (dataset, feature)
    group by all
),

checked as (
    select
        case
            when customers = 0
                then format('{0}_features.{1} does not exist: correct features in its config.meta.segmentation', dataset, feature)
            when numbers = 0
                then format('{0}_features: {1} is not a number: leave it out of features in its config.meta.segmentation', dataset, feature)
            when usable < customers
                then format(
                    '{0}_features: {1} is null or not finite for {2} of {3} customers: fill it in the raw file, or leave it out of features in config.meta.segmentation of {0}_features',
                    dataset, feature, customers - usable, customers
                )
            when negative > 0
                then format('{0}_features: {1} is negative for {2} of {3} customers: leave it out of log_features in its config.meta.segmentation', dataset, feature, negative, customers)
        end as problem
    from counted
)

select *
from checked
{# In the where clause, because dbt counts rows and DuckDB leaves out columns that nobody asks for. #}
where problem is not null and error(problem || '.') is null
{% endtest %}
