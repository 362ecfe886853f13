{#
    One row: what becomes of the fit of a data set in this build, and why.

    score   the stored fit is applied as it is
    refit   it is fitted again with what was chosen: parameters, number of segments
    search  the whole selection is done again

    The var `training` decides; auto searches where nothing is stored and refits what other code or
    parameters fitted, what drifted, what lost quality and what is older than max_model_age_days. Where
    the last fit was worse than the stored one, drift alone asks for no other before that age.
#}
{% macro training_decision(dataset) %}
{%- set training, pinned = var('training'), mapping_var('pinned_models').get(dataset) -%}
    with previous_decisions as (
        select * from {{ ref('previous_training_decisions') }} where dataset = '{{ dataset }}'
    ),

    drifted as (
        select string_agg(feature, ', ' order by feature) as features
        from {{ ref(dataset ~ '_feature_drift') }}
        where status = 'drifted'
    ),

    losses as (
        select string_agg(loss, ', ' order by loss) as loss
        from {{ ref('previous_quality_losses') }}
        where dataset = '{{ dataset }}'
    ),

    present as (
        select
            {{ present_training_version() }} as training_version,
            '{{ spec_fingerprint(fits_of(dataset)) }}' as spec_fingerprint,
            {{ build_moment() }} as decided_at
    ),

    compared as (
        select
            present.*,
            previous.model_run_ids,
            previous.quality as stored_quality,
            drifted.features as drifted_features,
            losses.loss,
            previous.dataset is null as is_first,
            coalesce(previous.last_fit_outcome = 'kept', false) as was_kept,
            previous.training_version != present.training_version as has_other_code,
            previous.spec_fingerprint != present.spec_fingerprint as has_other_parameters,
            date_diff('day', previous.considered_at, present.decided_at) as age_in_days
        from present
        cross join drifted
        cross join losses
        left join previous_decisions as previous on true
    ),

    decided as (
        select
            *,
            case
                {%- if pinned %}
                when not coalesce(list_contains(model_run_ids, {{ literal(pinned) }}), false)
                    then error(
                        'var pinned_models: {{ dataset }} is pinned to ' || {{ literal(pinned) }} || ', and what serves is '
                        || coalesce(array_to_string(model_run_ids, ', '), 'nothing') || '.'
                    )
                when true then 'score: pinned'
                {%- endif %}
                when is_first then 'search: nothing is stored'
                {%- if training != 'auto' %}
                when true then '{{ training }}: asked for'
                {%- endif %}
                when has_other_code then 'refit: the code or a library has changed'
                when has_other_parameters then 'refit: the parameters have changed'
                when age_in_days > {{ var('max_model_age_days') }} then 'refit: last considered ' || age_in_days || ' days ago'
                when was_kept and (drifted_features is not null or loss is not null)
                    then concat_ws(', ', 'score: drifted or lost quality', drifted_features, loss) || '; the last fit was worse'
                when drifted_features is not null then 'refit: drifted: ' || drifted_features
                when loss is not null then 'refit: quality was lost: ' || loss
                else 'score: nothing has changed'
            end as verdict
        from compared
    )

    select
        '{{ area_of(dataset) }}' as area,
        '{{ dataset }}' as dataset,
        split_part(verdict, ': ', 1) as decision,
        verdict[length(split_part(verdict, ': ', 1)) + 3:] as reason,
        stored_quality,
        {{ mapping_var('max_quality_loss').get(area_of(dataset)) }}::double as max_quality_loss,
        training_version,
        spec_fingerprint,
        decided_at
    from decided
{% endmacro %}


{# The Python models that fit a data set. #}
{% macro fits_of(dataset) %}
    {{ return({
        'leads': ['fit_lead_families'],
        'ratings': ['fit_recommenders', 'stg_ratings__ratings']
    }.get(dataset, ['fit_' ~ dataset ~ '_segments'])) }}
{% endmacro %}


{# The area that a source feeds. #}
{% macro area_of(dataset) %}
    {{ return({'leads': 'leads', 'ratings': 'recommendations'}.get(dataset, 'segmentation')) }}
{% endmacro %}


{# md5 of the code that fits models and of its libraries. #}
{% macro present_training_version() -%}
    training_version()
{%- endmacro %}


{# md5 of the parameters that the YAML of fits states, vars included. #}
{% macro spec_fingerprint(fits) -%}
    {%- if execute -%}
        {%- set specs = [] -%}
        {%- for fit in fits -%}{%- do specs.append(model_node(fit).config.meta) -%}{%- endfor -%}
        {{ local_md5(tojson(specs, sort_keys=true)) }}
    {%- endif -%}
{%- endmacro %}


{# Columns of monitoring.training_decisions. #}
{% macro training_decision_columns() %}
    {{ return({
        'area': 'varchar',
        'dataset': 'varchar',
        'generation_id': 'varchar',
        'decision': 'varchar',
        'reason': 'varchar',
        'outcome': 'varchar',
        'quality': 'double',
        'challenger_quality': 'double',
        'fit_problem': 'varchar',
        'max_quality_loss': 'double',
        'model_run_ids': 'varchar[]',
        'training_version': 'varchar',
        'spec_fingerprint': 'varchar',
        'considered_at': 'timestamp'
    }) }}
{% endmacro %}
