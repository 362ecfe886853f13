{% macro source_enabled(name) %}
    {{ return(name in var('sources_enabled')) }}
{% endmacro %}


{# What one row of each source is, as its staging models are named. #}
{% macro source_entities() %}
    {{ return({
        'retail': 'customers',
        'mall': 'customers',
        'ecommerce': 'invoice_lines',
        'leads': 'leads',
        'ratings': 'ratings'
    }) }}
{% endmacro %}


{# Areas that at least one enabled source feeds, each with its enabled sources. #}
{% macro enabled_areas() %}
    {%- set areas = {} -%}
    {%- for area, sources in {
        'segmentation': ['retail', 'mall', 'ecommerce'],
        'leads': ['leads'],
        'recommendations': ['ratings']
    }.items() -%}
        {%- set enabled = sources | select('in', var('sources_enabled')) | list -%}
        {%- if enabled -%}{%- do areas.update({area: enabled}) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(areas) }}
{% endmacro %}


{# The relation of an enabled source at a step of intake: raw or checked rows. #}
{% macro intake_relation(step, source_name) %}
    {{ return(ref(step ~ '_' ~ source_name ~ '__' ~ source_entities()[source_name])) }}
{% endmacro %}


{# The columns that a source's YAML declares: name, data_type and the rules in its meta. #}
{% macro declared_columns(source_relation) %}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {%- set ns = namespace(found=[]) -%}
    {%- for node in graph.sources.values() if node.source_name == source_relation.schema -%}
        {%- for column in node.columns.values() -%}
            {%- do ns.found.append(dict(column.meta, name=column.name, data_type=column.data_type)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(ns.found) }}
{% endmacro %}


{# How each raw file of a source is to be read; a missing file or column stops here with one line. #}
{% macro describe_raw_files(source_relation) %}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {%- set name = source_relation.schema -%}
    {%- set ns = namespace(columns=[]) -%}
    {%- for column in declared_columns(source_relation) -%}
        {%- do ns.columns.append({
            'name': column.name,
            'aliases': column.aliases or [],
            'required': column.required is not false
        }) -%}
    {%- endfor -%}
    {%- set source_node = (graph.sources.values() | selectattr('source_name', 'equalto', name) | list)[0] -%}
    {%- set request = {
        'source': name,
        'folder': env_var('RAW_DATA_DIR', 'seeds/sample'),
        'stem': source_relation.identifier,
        'columns': ns.columns,
        'encoding': var(name ~ '_encoding'),
        'header': source_node.meta.header or 'required'
    } -%}
    {%- set reply = fromjson(run_query('select describe_raw_files(' ~ literal(tojson(request)) ~ ')').columns[0][0]) -%}
    {%- if reply.error -%}{% do exceptions.raise_compiler_error(reply.error) %}{%- endif -%}
    {{ return(reply.files) }}
{% endmacro %}
