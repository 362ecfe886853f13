{#
    One row per segment and feature of a data set: mean and median in the segment, the mean of all
    customers and the index of the first against the last (100 = as everyone). Of a text every value
    is a feature, named 'column: value', whose mean is the share of customers that have it.
#}
{% macro profile_segments(dataset) %}
    with customers as (
        select
            features.*,
            assignments.segment_id
        from {{ ref(dataset ~ '_features') }} as features
        inner join {{ ref(dataset ~ '_segment_assignments') }} as assignments using (customer_id)
    ),

    figures as (
        select
            segment_id,
            unnest([
                {%- for column in profiled_figures(dataset) %}
                {'feature': {{ literal(column) }}, 'figure': {{ adapter.quote(column) }}::double}
                {%- if not loop.last %},{% endif %}
                {%- endfor %}
            ], recursive := true)
        from customers
    ),

    figure_profiles as (
        select
            segment_id,
            feature,
            avg(figure) as mean,
            median(figure) as median
        from figures
        group by segment_id, feature
    ),

    figure_means as (
        select
            feature,
            avg(figure) as overall_mean
        from figures
        group by feature
    ),

    sizes as (
        select
            segment_id,
            count(*) as customers
        from customers
        group by segment_id
    ),

    attributes as (
        select
            segment_id,
            unnest([
                {%- for column in profiled_texts(dataset) %}
                '{{ column }}: ' || {{ adapter.quote(column) }}{% if not loop.last %},{% endif %}
                {%- endfor %}
            ]::varchar[]) as feature
        from customers
    ),

    attribute_counts as (
        select
            segment_id,
            feature,
            count(*) as customers
        from attributes
        where feature is not null
        group by segment_id, feature
    ),

    attribute_means as (
        select
            feature,
            sum(customers)::double / (select count(*) from customers) as overall_mean
        from attribute_counts
        group by feature
    ),

    profiles as (
        select
            segment_id,
            feature,
            mean,
            median,
            overall_mean
        from figure_profiles
        inner join figure_means using (feature)

        union all

        select
            sizes.segment_id,
            attribute_means.feature,
            coalesce(attribute_counts.customers, 0)::double / sizes.customers as mean,
            null as median,
            attribute_means.overall_mean
        from sizes
        cross join attribute_means
        left join attribute_counts using (segment_id, feature)
    )

    select
        '{{ dataset }}' as dataset,
        segment_id,
        feature,
        {{ rounded('mean') }} as mean,
        {{ rounded('median') }} as median,
        {{ rounded('overall_mean') }} as overall_mean,
        case when overall_mean > 0 then {{ rounded('100 * mean / overall_mean') }} end as index_vs_overall,
        feature in (
            {%- for feature in segmentation_spec(dataset).features %}{{ literal(feature) }}{% if not loop.last %}, {% endif %}{% endfor -%}
        ) as is_model_feature
    from profiles
{% endmacro %}
