{#
    At the end of a run: publish, if and only if this was a whole `dbt build` in which everything
    passed. Otherwise say why not, and leave the published file as it was.
#}
{% macro publish(results) %}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set obstacle = publish_obstacle(results) -%}
    {%- if obstacle -%}
        {%- do log('Not published: ' ~ obstacle, info=true) -%}
        {%- do warn_of_limits(results) -%}
        {%- if results | selectattr('status', 'equalto', 'error') | list -%}
            {#- A published file that is corrupt somewhere shows only where it is read. -#}
            {%- do answer_of('read_published()') -%}
        {%- endif -%}
        {{ return('') }}
    {%- endif -%}
    {%- set switched_off = switched_off_sources() -%}
    {%- if switched_off -%}
        {%- do log('Switched off, and as they were: ' ~ switched_off | join(', ') ~ '.', info=true) -%}
    {%- endif -%}
    {%- do log('Publishing ' ~ published_tables() | length ~ ' tables as generation ' ~ generation_id() ~ '.', info=true) -%}
    {%- set how = {
        'keep': var('generations_kept'),
        'parquet': var('publish_parquet'),
        'report': var('publish_report'),
        'masked_columns': mapping_var('masked_columns'),
        'raw_columns': raw_columns(),
        'switched_off': switched_off,
        'models': graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | map(attribute='name') | list
    } -%}
    {#- Returned and not run here: an error in it then fails the run with its own message. -#}
    {{ return(
        "select if((reply ->> 'error') is null, 'published', error('Not published: ' || (reply ->> 'error')))"
        ~ ' from (select publish(' ~ literal(tojson(how)) ~ ')::json as reply)'
    ) }}
{% endmacro %}


{# Say which limit a node has met, and what to do: DuckDB's own words do not name the setting. #}
{% macro warn_of_limits(results) %}
    {%- for result in results if result.status == 'error' -%}
        {%- set message = result.message or '' -%}
        {%- if 'No space left on device' in message or 'max_temp_directory_size' in message -%}
            {%- set limit = 'met a full disk: free some, or move WAREHOUSE_DIR (' ~ target.path ~ ') to a larger one' -%}
        {%- elif 'Out of Memory Error' in message -%}
            {%- set memory = run_query("select current_setting('memory_limit')").columns[0].values()[0] -%}
            {%- set limit = 'needs more memory than the ' ~ memory ~ ' that DuckDB may take: set DUCKDB_MEMORY_LIMIT higher' -%}
        {%- endif -%}
        {%- if limit -%}
            {%- do exceptions.warn(result.node.name ~ ' ' ~ limit ~ '. What sizes took: docs/spark.md, "One big machine".') -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}


{# Why this run must not be published, or nothing. #}
{% macro publish_obstacle(results) %}
    {%- set args = invocation_args_dict -%}
    {#- dbt calls a retried build a build: only the command line tells. -#}
    {%- set command = 'retry' if 'retry' in (args.invocation_command or '').split() else flags.WHICH -%}
    {%- set done = results | map(attribute='node.unique_id') | list -%}
    {%- set ns = namespace(left_out=0) -%}
    {%- for node in graph.nodes.values()
        if node.resource_type in ('model', 'seed', 'test') and node.config.enabled
        and node.config.materialized != 'ephemeral' and node.unique_id not in done -%}
        {%- set ns.left_out = ns.left_out + 1 -%}
    {%- endfor -%}
    {%- set failed = results | rejectattr('status', 'in', ['success', 'pass', 'warn', 'no-op']) | list -%}
    {%- if command != 'build' -%}
        {{ return('only a whole `dbt build` publishes, and this was `dbt ' ~ command ~ '`.') }}
    {%- elif failed -%}
        {{ return(failed | length ~ ' of ' ~ results | length ~ ' nodes did not pass; the published file is as it was.') }}
    {#- Unit tests are about the code and not about the data, so that a night may leave them out. -#}
    {%- elif args.select or args.exclude or args.selector or args.resource_types
        or args.exclude_resource_types | reject('equalto', 'unit_test') | list or ns.left_out -%}
        {{ return('only a whole `dbt build` publishes, and this was a selection.') }}
    {%- elif args.empty or args.sample -%}
        {{ return('only a whole `dbt build` publishes, and this one read no data or a part of it.') }}
    {%- endif -%}
    {{ return('') }}
{% endmacro %}


{# Sources that are switched off and that the previous generation has rows of. #}
{% macro switched_off_sources() %}
    {{ return(answer_of(
        'switched_off_sources(' ~ literal(tojson(source_entities().keys() | list)) ~ ', ' ~ literal(tojson(enabled_sources())) ~ ')'
    )) }}
{% endmacro %}
