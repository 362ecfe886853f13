{# Data sets of customers that this build segments. #}
{% macro segmentation_datasets() %}
    {{ return(enabled_areas().get('segmentation', [])) }}
{% endmacro %}


{# The rows of one model of every data set, whose name is the data set's and a suffix. #}
{% macro union_datasets(suffix, prefix='', columns=['*']) %}
{% for dataset in segmentation_datasets() %}
select {{ columns | join(', ') }}
from {{ ref(prefix ~ dataset ~ suffix) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
{% endmacro %}


{# How a data set is segmented, as the YAML of its fit states it. #}
{% macro segmentation_spec(dataset) %}
    {%- if not execute -%}{{ return({'features': ['?'], 'value_feature': '?'}) }}{%- endif -%}
    {{ return(model_node('fit_' ~ dataset ~ '_segments').config.meta.segmentation) }}
{% endmacro %}


{# The declared columns of a data set's features that are numbers or flags. #}
{% macro profiled_figures(dataset) %}
    {{ return(feature_columns(dataset) | rejectattr('data_type', 'equalto', 'varchar') | map(attribute='name') | list) }}
{% endmacro %}


{# The declared columns of a data set's features that are texts. #}
{% macro profiled_texts(dataset) %}
    {{ return(feature_columns(dataset) | selectattr('data_type', 'equalto', 'varchar') | map(attribute='name') | list) }}
{% endmacro %}


{% macro feature_columns(dataset) %}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {{ return(model_node(dataset ~ '_features').columns.values() | rejectattr('name', 'equalto', 'customer_id') | list) }}
{% endmacro %}


{% macro model_node(name) %}
    {{ return((graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | selectattr('name', 'equalto', name) | list)[0]) }}
{% endmacro %}
