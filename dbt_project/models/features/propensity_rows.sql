with specs as (
    select * from {{ ref('propensity_specs') }}
),

keyed as (
    {% for dataset in datasets_of('propensity') %}
    {%- set asked = propensity_columns(dataset) %}
    {%- set baselines = [] %}
    {%- for column in asked.baselines %}
        {%- do baselines.append(struct_of({
            'baseline': literal(column.name),
            'number_value': number_value(column),
            'text_value': text_value(column)
        })) %}
    {%- endfor %}
    select
        '{{ dataset }}' as dataset,
        {{ adapter.quote(asked.key) }}::string as entity_id,
        {{ periods_ago(asked) }} as periods_ago,
        {{ adapter.quote(asked.group or asked.key) }}::string as fold_group,
        {{ adapter.quote(asked.label) }}::boolean as has_outcome,
        coalesce({{ analyst_rule(dataset) }}, false) as meets_analyst_rule,
        {{ list_of(baselines) }}::{{ engine_type('struct(baseline varchar, number_value double, text_value varchar)[]') }} as baselines
    from {{ ref(propensity_features_model(dataset)) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    keyed.dataset,
    keyed.entity_id,
    keyed.periods_ago,
    keyed.fold_group,
    case
        when keyed.has_outcome is null or keyed.periods_ago < specs.judged_period then 'new'
        when keyed.periods_ago = 1 then 'holdout'
        when keyed.periods_ago > 1 then 'train'
        when {{ md5_share('keyed.fold_group') }} < specs.holdout_share then 'holdout'
        else 'train'
    end as split,
    keyed.has_outcome,
    keyed.meets_analyst_rule,
    keyed.baselines
from keyed
inner join specs using (dataset)
