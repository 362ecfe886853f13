{# The model of a data set's features for its question: named in `datasets`, or after the data set. #}
{% macro propensity_features_model(dataset) %}
    {{ return(model_read_by('propensity', dataset, dataset ~ '_features')) }}
{% endmacro %}


{# The rule of thumb of a data set: a condition on its features. #}
{% macro analyst_rule(dataset) -%}
    {%- set spec = propensity_meta(dataset) -%}
    {{ spec.analyst_rule if spec.analyst_rule else 'false' }}
{%- endmacro %}


{# What the YAML of a data set's features states about its question; nothing while dbt parses. #}
{% macro propensity_meta(dataset) %}
    {%- if not (execute and graph.nodes) -%}{{ return({}) }}{%- endif -%}
    {%- set model = propensity_features_model(dataset) -%}
    {%- set node = model_node(model) -%}
    {%- set spec = node.config.meta.get('propensity') or {} -%}
    {%- set place = model ~ ': config.meta.propensity ' -%}
    {%- for needed in ['outcome', 'key', 'label', 'analyst_rule'] if not spec.get(needed) -%}
        {%- do stop(place ~ "lacks '" ~ needed ~ "'.") -%}
    {%- endfor -%}
    {%- set known = [
        'outcome', 'key', 'label', 'raw_label', 'numeric', 'log_features', 'categorical', 'slices', 'analyst_rule', 'baselines', 'group',
        'period', 'is_required', 'holdout_share', 'threshold_policy', 'min_recall', 'capacity', 'cost_of_missed', 'cost_of_call',
        'hot_probability', 'topics'
    ] -%}
    {%- for name in spec if name not in known -%}
        {%- do stop(place ~ "has '" ~ name ~ "', which means nothing; it may have " ~ known | join(', ') ~ '.') -%}
    {%- endfor -%}
    {%- set features = (spec.numeric or []) + (spec.categorical or []) -%}
    {%- if not features -%}{%- do stop(place ~ 'has neither numeric nor categorical features.') -%}{%- endif -%}
    {%- set others = [spec.group, spec.period] | select | list + (spec.slices or []) + (spec.baselines or []) -%}
    {%- for column in [spec.key, spec.label] + features + others if column not in node.columns -%}
        {%- do stop(place ~ "names '" ~ column ~ "', and the model has " ~ node.columns.keys() | join(', ') ~ '.') -%}
    {%- endfor -%}
    {%- for column in features if column in [spec.key, spec.label] -%}
        {%- do stop(place ~ "has '" ~ column ~ "' as a feature, which is its key or its label.") -%}
    {%- endfor -%}
    {%- for column in spec.log_features or [] if column not in (spec.numeric or []) -%}
        {%- do stop(place ~ "has '" ~ column ~ "' in log_features, which is none of its numeric features.") -%}
    {%- endfor -%}
    {%- set topics = spec.topics or {} -%}
    {%- if topics is not mapping or topics.values() | reject('sequence') | list or topics.values() | select('string') | list -%}
        {%- do stop(place ~ 'has topics ' ~ spec.topics ~ ': give a list of features for each topic.') -%}
    {%- endif -%}
    {%- set in_topics = topics.values() | sum(start=[]) -%}
    {%- for column in in_topics if column not in features or in_topics.count(column) > 1 -%}
        {%- do stop(place ~ "has '" ~ column ~ "' in topics, which " ~ ('is in two of them.' if column in features else 'is none of its features.')) -%}
    {%- endfor -%}
    {{ return(spec) }}
{% endmacro %}


{# The columns of a data set's features model that its question names; features and baselines with their types. #}
{% macro propensity_columns(dataset) %}
    {%- set spec = propensity_meta(dataset) -%}
    {%- set columns = {'key': spec.key, 'label': spec.label, 'group': spec.group, 'period': spec.period, 'features': [], 'baselines': []} -%}
    {%- for name in (spec.numeric or []) + (spec.categorical or []) -%}
        {%- do columns.features.append(model_node(propensity_features_model(dataset)).columns[name]) -%}
    {%- endfor -%}
    {%- for name in spec.baselines or [] -%}
        {%- do columns.baselines.append(model_node(propensity_features_model(dataset)).columns[name]) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}


{# How many periods ago a row of a data set is of: its declared column, or tonight. #}
{% macro periods_ago(columns) -%}
    {{ adapter.quote(columns.period) if columns.period else '0' }}::integer
{%- endmacro %}


{# Of that what a fit depends on: thresholds, slices and words are not part of it. #}
{% macro propensity_fit_parameters(dataset) %}
    {%- set spec = propensity_meta(dataset) -%}
    {%- set parameters = {'flags': propensity_flags(dataset), 'holdout_share': spec.get('holdout_share', var('propensity_holdout_share'))} -%}
    {%- for name in ['key', 'label', 'numeric', 'log_features', 'categorical', 'group', 'period'] -%}{%- do parameters.update({name: spec.get(name)}) -%}{%- endfor -%}
    {{ return(parameters) }}
{% endmacro %}


{# Features that show a masked column of the raw file, as a list of pairs for `in`: reasons do not state their values. #}
{% macro masked_features() -%}
    {%- set pairs = [] -%}
    {%- for dataset in datasets_of('propensity') if execute and graph.nodes -%}
        {%- set spec, shown = propensity_meta(dataset), raw_columns().get(dataset, {}) -%}
        {%- for feature in (spec.numeric or []) + (spec.categorical or [])
            if shown.get(feature, feature) in (mapping_var('masked_columns').get(dataset) or []) -%}
            {%- do pairs.append('(' ~ literal(dataset) ~ ', ' ~ literal(feature) ~ ')') -%}
        {%- endfor -%}
    {%- endfor -%}
    ({{ pairs | join(', ') if pairs else "('', '')" }})
{%- endmacro %}


{# The numeric features that the features model declares as booleans. #}
{% macro propensity_flags(dataset) %}
    {{ return(propensity_columns(dataset).features | selectattr('data_type', 'equalto', 'boolean') | map(attribute='name') | list) }}
{% endmacro %}


{# The questions of all data sets as they are declared, as JSON. #}
{% macro propensity_declarations() %}
    {%- set declarations = [] -%}
    {%- for dataset in datasets_of('propensity') if execute and graph.nodes -%}
        {%- set spec, topics = propensity_meta(dataset), [] -%}
        {%- for topic, features in (spec.topics or {}).items() -%}{%- do topics.append({'topic': topic, 'features': features}) -%}{%- endfor -%}
        {%- do declarations.append(dict(spec, dataset=dataset, flags=propensity_flags(dataset), topics=topics)) -%}
    {%- endfor -%}
    {{ return(tojson(declarations)) }}
{% endmacro %}


{# What figures depend on besides scores, outcomes and thresholds, as a text. #}
{% macro evaluation_settings() -%}
    concat_ws('|', code_version(), {{ var('propensity_bootstrap_resamples') }}, {{ var('published_digits') }})
{%- endmacro %}
