{#
    Population stability index of columns between the rows that a model was fitted on and today's:
    the sum over bins of (a - e) * ln(a / e), with e the share of a bin then and a today.

    Bins of a figure are the tenths of its values at the fit, bins of a text its values; nulls have a
    bin of their own. A share is at least drift_share_floor, so that an empty bin weighs much and not
    infinitely (Siddiqi 2006, Credit Risk Scorecards; the marks .10 and .25 are his too).
#}
{% macro feature_drift(relation, figures, texts, dataset) %}
    with baselines as (
        select * from {{ ref('previous_feature_baselines') }} where dataset = '{{ dataset }}'
    ),

    edges as (
        select distinct
            feature,
            edges
        from baselines
    ),

    feature_values as (
        {{ feature_values(relation, figures, texts) }}
    ),

    today as (
        select
            feature_values.feature,
            {{ feature_bin('edges.edges') }} as bin,
            count(*) as bin_rows
        from feature_values
        left join edges using (feature)
        group by all
    ),

    totals as (
        select
            feature,
            sum(bin_rows)::bigint as n_rows
        from today
        group by feature
    ),

    paired as (
        select
            feature,
            greatest(coalesce(baselines.share, 0), {{ var('drift_share_floor') }}) as share_then,
            greatest(coalesce(today.bin_rows, 0) / totals.n_rows, {{ var('drift_share_floor') }}) as share_today,
            max(baselines.n_rows) over (partition by feature) as fitted_rows,
            totals.n_rows
        from today
        full join baselines using (feature, bin)
        inner join totals using (feature)
    ),

    indices as (
        select
            feature,
            max(n_rows) as n_rows,
            max(fitted_rows) as fitted_rows,
            case
                when max(fitted_rows) is not null
                    then {{ rounded('sum((share_today - share_then) * ln(share_today / share_then))') }}
            end as psi
        from paired
        group by feature
    )

    select
        '{{ area_of(dataset) }}' as area,
        '{{ dataset }}' as dataset,
        feature,
        psi,
        n_rows,
        case
            when psi is null or least(fitted_rows, n_rows) < {{ var('drift_min_rows') }} then 'insufficient_data'
            when psi >= {{ var('drift_drifted_psi') }} then 'drifted'
            when psi >= {{ var('drift_shifting_psi') }} then 'shifting'
            else 'stable'
        end as status
    from indices
{% endmacro %}


{# One row per column and bin: how the rows that a model was fitted on spread. #}
{% macro feature_baseline(relation, figures, texts, dataset) %}
    with feature_values as (
        {{ feature_values(relation, figures, texts) }}
    ),

    edges as (
        select
            feature,
            {{ distinct_tenths('figure') }} as edges
        from feature_values
        group by feature
    ),

    binned as (
        select
            feature,
            edges.edges,
            {{ feature_bin('edges.edges') }} as bin,
            count(*) as bin_rows
        from feature_values
        inner join edges using (feature)
        group by all
    )

    select
        '{{ dataset }}' as dataset,
        feature,
        bin,
        edges,
        bin_rows / sum(bin_rows) over (partition by feature) as share,
        (sum(bin_rows) over (partition by feature))::bigint as n_rows
    from binned
{% endmacro %}


{# Columns as rows: feature, and its value as a figure or as a text. #}
{% macro feature_values(relation, figures, texts) %}
    select unnest([
        {%- for feature in figures + texts %}
        {
            'feature': {{ literal(feature) }},
            'figure': {{ adapter.quote(feature) if feature in figures else 'null' }}::double,
            'text': {{ adapter.quote(feature) if feature in texts else 'null' }}::varchar
        }
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    ], recursive := true)
    from {{ relation }}
{% endmacro %}


{% macro feature_bin(edges) -%}
    case
        when text is not null then text
        when figure is null then '(none)'
        else lpad(len(list_filter({{ edges }}, lambda edge: edge < figure))::varchar, 2, '0')
    end
{%- endmacro %}


{# The tenths of a figure, ends left out; nothing for a text. #}
{% macro distinct_tenths(figure) -%}
    coalesce(list_sort(list_distinct(quantile_cont({{ figure }}, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]))), [])
{%- endmacro %}
