{# How a data set is segmented: what its features model declares, over the settings that all share. #}
{% macro segmentation_spec(dataset) %}
    {%- if not execute -%}{{ return({}) }}{%- endif -%}
    {%- set asked = declared_of(dataset, 'segmentation') -%}
    {%- if not asked -%}
        {%- do stop(dataset ~ ' is to be segmented, and no model of models/datasets/' ~ dataset ~ ' has config.meta.segmentation.') -%}
    {%- endif -%}
    {{ return(dict(model_node('fit_segments').config.meta.segmentation, dataset=dataset, **asked)) }}
{% endmacro %}


{# The data sets of the area whose entry in the var datasets names a model with the features of earlier days. #}
{% macro datasets_over_time() %}
    {%- set found = [] -%}
    {%- for dataset in datasets_of('segmentation') if model_read_by('over_time', dataset, none) -%}
        {%- do found.append(dataset) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{# The declared columns of a model of customers' features that are numbers, flags or texts. #}
{% macro feature_columns(model) %}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {%- set found = [] -%}
    {%- for column in model_node(model).columns.values()
        if column.name != 'customer_id' and column.data_type.split('(')[0] in numeric_types() + ['boolean', 'varchar'] -%}
        {%- do found.append(column) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{# Those that are numbers or flags, as a list of structs of feature and number_value. #}
{% macro feature_numbers(model) %}
    {%- set structs = [] -%}
    {%- for column in feature_columns(model) if column.data_type != 'varchar' -%}
        {%- do structs.append(struct_of({'feature': literal(column.name), 'number_value': number_value(column)})) -%}
    {%- endfor -%}
    {{ return(list_of(structs)) }}
{% endmacro %}


{% macro numeric_types() %}
    {{ return(['tinyint', 'smallint', 'integer', 'bigint', 'hugeint', 'float', 'double', 'decimal']) }}
{% endmacro %}
