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


{# The relation of an enabled source at a step of intake: raw or checked rows. #}
{% macro intake_relation(step, source_name) %}
    {{ return(ref(step ~ '_' ~ source_name ~ '__' ~ source_entities()[source_name])) }}
{% endmacro %}


{#
    The columns that a source's YAML declares: name, data_type and the rules in its meta. Read from
    the YAML itself and not from `graph`, which is empty in unit tests.
#}
{% macro declared_columns(source_name) %}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {{ return(fromjson(run_query('select declared_columns(' ~ literal(source_name) ~ ')').columns[0][0])) }}
{% endmacro %}


{#
    At the start of a run: whatever is wrong with the raw files that it is going to read, all sources
    together and before anything is built. A selection needs the files of its own sources only.
#}
{% macro check_raw_files() %}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set encodings = {} -%}
    {%- for name in enabled_sources() -%}
        {%- set raw_model = 'model.' ~ project_name ~ '.raw_' ~ name ~ '__' -%}
        {%- if raw_model ~ 'files' in selected_resources or raw_model ~ source_entities()[name] in selected_resources -%}
            {%- do encodings.update({name: var(name ~ '_encoding')}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set problems = answer_of('raw_file_problems(' ~ literal(raw_data_dir()) ~ ', ' ~ literal(tojson(encodings)) ~ ')') -%}
    {%- if problems -%}{%- do stop(problems | join('\n')) -%}{%- endif -%}
{% endmacro %}


{% macro raw_data_dir() %}
    {{ return(env_var('RAW_DATA_DIR', 'seeds/sample')) }}
{% endmacro %}


{# How each raw file of a source is to be read; a missing file or column stops here with one line. #}
{% macro describe_raw_files(source_name) %}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {%- set folder, encoding = literal(raw_data_dir()), literal(var(source_name ~ '_encoding')) -%}
    {{ return(answer_of('describe_raw_files(' ~ [literal(source_name), folder, encoding] | join(', ') ~ ')')) }}
{% endmacro %}


{# The answer of a function of the plugin; its error stops the run with one line. #}
{% macro answer_of(call) %}
    {%- set reply = fromjson(run_query('select ' ~ call).columns[0][0]) -%}
    {%- if reply.error -%}{% do stop(reply.error) %}{%- endif -%}
    {{ return(reply.answer) }}
{% endmacro %}
