{% macro source_enabled(name) %}
    {{ return(name in enabled_sources()) }}
{% endmacro %}


{# What one row of each source is, as its staging models are named. #}
{% macro source_entities() %}
    {%- set entities = {} -%}
    {%- for name, dataset in mapping_var('datasets').items() -%}{%- do entities.update({name: dataset.rows}) -%}{%- endfor -%}
    {{ return(entities) }}
{% endmacro %}


{# The sources that feed each area. #}
{% macro source_areas() %}
    {%- set areas = {} -%}
    {%- for name, dataset in mapping_var('datasets').items() -%}
        {%- for area in dataset.areas -%}{%- do areas.setdefault(area, []).append(name) -%}{%- endfor -%}
    {%- endfor -%}
    {{ return(areas) }}
{% endmacro %}


{# Areas that at least one enabled source feeds, each with its enabled sources. #}
{% macro enabled_areas() %}
    {%- set areas = {} -%}
    {%- for area, sources in source_areas().items() -%}
        {%- set enabled = sources | select('in', enabled_sources()) | list -%}
        {%- if enabled -%}{%- do areas.update({area: enabled}) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(areas) }}
{% endmacro %}


{# Those of them that fit models: the var max_quality_loss says of each what a worse fit is. #}
{% macro fitted_areas() %}
    {%- set areas = {} -%}
    {%- for area, sources in enabled_areas().items() if area in mapping_var('max_quality_loss') -%}
        {%- do areas.update({area: sources}) -%}
    {%- endfor -%}
    {{ return(areas) }}
{% endmacro %}


{# The data sets of an area that are switched on. #}
{% macro datasets_of(area) %}
    {{ return(enabled_areas().get(area, [])) }}
{% endmacro %}


{# Whether an area has a data set that is switched on. #}
{% macro area_enabled(area) %}
    {{ return(area in enabled_areas()) }}
{% endmacro %}


{# The relation of an enabled source at a step of intake: raw or checked rows. #}
{% macro intake_relation(step, source_name) %}
    {{ return(ref(step ~ '_' ~ source_name ~ '__' ~ source_entities()[source_name])) }}
{% endmacro %}


{#
    At the start of a run: let the raw rows of the sources that it reads be there, or say whatever is wrong
    with their files and tables, all sources together and before anything is built. A selection needs those
    of its own sources only.
#}
{% macro show_raw_rows() %}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set how = {'folder': env_var('RAW_DATA_DIR', 'seeds/sample'), 'encodings': {}, 'relations': {}, 'read': []} -%}
    {%- set files_are_read = 'model.' ~ project_name ~ '.raw_files' in selected_resources -%}
    {%- for name in enabled_sources() -%}
        {%- do how.encodings.update({name: var(name ~ '_encoding', 'utf-8')}) -%}
        {%- do how.relations.update({name: var(name ~ '_relation', none)}) -%}
        {%- if files_are_read or 'model.' ~ project_name ~ '.checked_' ~ name ~ '__' ~ source_entities()[name] in selected_resources -%}
            {%- do how.read.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set problems = answer_of('show_raw_rows(' ~ literal(tojson(how)) ~ ')') -%}
    {%- if problems -%}{%- do stop(problems | join('\n')) -%}{%- endif -%}
{% endmacro %}


{# The answer of a function of the plugin; its error stops the run with one line. #}
{% macro answer_of(call) %}
    {%- set reply = fromjson(run_query('select ' ~ call).columns[0][0]) -%}
    {%- if reply.error -%}{% do stop(reply.error) %}{%- endif -%}
    {{ return(reply.answer) }}
{% endmacro %}
