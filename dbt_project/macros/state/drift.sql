{#
    Population stability index of columns between the rows that a model was fitted on and others, as a
    relation of area, dataset, feature, psi, n_rows and status: the sum over bins of (a - e) * ln(a / e),
    with e the share of a bin then and a the share now.

    Bins of a number are the deciles of its values at the fit, bins of a text its values; nulls have a bin
    of their own. A share is at least drift_share_floor, so that an empty bin weighs much and not
    infinitely (Siddiqi 2006, Credit Risk Scorecards; the marks .10 and .25 are his too).
#}
{% macro population_stability(feature_values, baselines) %}
(
    with edges as (
        select distinct
            area,
            dataset,
            feature,
            edges,
            n_rows as fitted_rows
        from {{ baselines }}
    ),

    today as (
        select
            area,
            dataset,
            feature,
            {{ drift_bin('edges.edges') }} as bin,
            edges.fitted_rows,
            count(*) as bin_rows
        from {{ feature_values }}
        left join edges using (area, dataset, feature)
        group by all
    ),

    totals as (
        select
            area,
            dataset,
            feature,
            fitted_rows,
            sum(bin_rows)::bigint as n_rows
        from today
        group by area, dataset, feature, fitted_rows
    ),

    paired as (
        select
            area,
            dataset,
            feature,
            totals.fitted_rows,
            totals.n_rows,
            greatest(coalesce(baselines.share, 0), {{ var('drift_share_floor') }}) as share_then,
            greatest(coalesce(today.bin_rows, 0) / totals.n_rows, {{ var('drift_share_floor') }}) as share_now
        from today
        full join {{ baselines }} as baselines using (area, dataset, feature, bin)
        inner join totals using (area, dataset, feature)
    ),

    indices as (
        select
            area,
            dataset,
            feature,
            fitted_rows,
            n_rows,
            case
                when fitted_rows is not null
                    then {{ rounded('sum((share_now - share_then) * ln(share_now / share_then))') }}
            end as psi
        from paired
        group by area, dataset, feature, fitted_rows, n_rows
    )

    select
        area,
        dataset,
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
)
{% endmacro %}


{# The bin of a value: of a number how many deciles at the fit are below it. #}
{% macro drift_bin(edges) -%}
    case
        when text_value is not null then text_value
        when number_value is null then '(none)'
        else lpad(len(list_filter({{ edges }}, lambda edge: edge < number_value))::varchar, 2, '0')
    end
{%- endmacro %}
