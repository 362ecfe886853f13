{#
    What is watched for drift in a data set: the columns that its model was fitted on, with the rows
    of the fit and today's, and the columns that the model puts out.
#}
{% macro drift_inputs(dataset) %}
    {%- if dataset == 'leads' -%}
        {{ return({
            'today': ref('leads_features'),
            'fitted_on': "(select * from " ~ ref('leads_features') ~ " where lead_id in (select entity_id from "
                ~ ref('propensity_rows') ~ " where dataset = 'leads' and split = 'train'))",
            'figures': propensity_meta('leads').get('numeric', ['?']),
            'texts': propensity_meta('leads').get('categorical', ['?'])
        }) }}
    {%- elif dataset == 'ratings' -%}
        {{ return({
            'today': ref('user_rating_habits'),
            'fitted_on': ref('user_rating_habits'),
            'figures': ['ratings', 'mean_rating'],
            'texts': []
        }) }}
    {%- else -%}
        {%- set features = ref(dataset ~ '_features') -%}
        {{ return({
            'today': features,
            'fitted_on': features,
            'figures': segmentation_spec(dataset).features,
            'texts': []
        }) }}
    {%- endif -%}
{% endmacro %}


{% macro drift_outputs(dataset) %}
    {%- if dataset == 'leads' -%}
        {{ return({'relation': "(select * from " ~ ref('propensity_scores') ~ " where dataset = 'leads')", 'figures': ['raw_score'], 'texts': []}) }}
    {%- elif dataset in segmentation_datasets() -%}
        {{ return({'relation': ref(dataset ~ '_segment_assignments'), 'figures': ['distance'], 'texts': ['segment_id']}) }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}


{# Data sets that are modelled in this build: one per enabled source. #}
{% macro modelled_datasets() %}
    {{ return(enabled_areas().values() | sum(start=[])) }}
{% endmacro %}
