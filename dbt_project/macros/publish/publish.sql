{#
    At the end of a run: copy the published schemas to a new file and swap it over the published
    one, if and only if this was a whole `dbt build` in which everything passed. Otherwise say why
    not, and leave the published file as it was.
#}
{% macro publish(results) %}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set obstacle = publish_obstacle(results) -%}
    {%- if obstacle -%}
        {%- do log('Not published: ' ~ obstacle, info=true) -%}
        {%- if results | selectattr('status', 'equalto', 'error') | list -%}
            {#- A published file that is corrupt somewhere shows only where it is read. -#}
            {%- do answer_of('read_published()') -%}
        {%- endif -%}
        {{ return('') }}
    {%- endif -%}
    {%- do fill_next_generation(published_nodes()) -%}
    {#- Returned and not run here: an error in it then fails the run with its own message. -#}
    {{ return(
        "select if((reply ->> 'error') is null, 'published', error('Not published: ' || (reply ->> 'error')))"
        ~ ' from (select publish_swap(' ~ var('generations_kept') ~ ', ' ~ var('publish_parquet') ~ ')::json as reply)'
    ) }}
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


{% macro published_nodes() %}
    {%- set schemas = ['segmentation', 'propensity', 'recommendations', 'monitoring', 'models'] -%}
    {{ return(graph.nodes.values()
        | selectattr('resource_type', 'equalto', 'model')
        | selectattr('config.enabled')
        | selectattr('schema', 'in', schemas)
        | sort(attribute='unique_id') | list) }}
{% endmacro %}


{# Write the nodes' tables, with what their YAML says of them, to the file beside the published one. #}
{% macro fill_next_generation(nodes) %}
    {%- set path = answer_of('publish_path()') -%}
    {%- do run_query("set force_compression = 'auto'") -%}
    {%- do run_query('attach ' ~ literal(path) ~ " as next_generation (storage_version 'v1.2.0')") -%}
    {%- for node in nodes -%}
        {%- set relation = 'next_generation.' ~ adapter.quote(node.schema) ~ '.' ~ adapter.quote(node.alias) -%}
        {%- set statements = [
            'create schema if not exists next_generation.' ~ adapter.quote(node.schema),
            'create table ' ~ relation ~ ' as select ' ~ published_columns(node) ~ ' from ' ~ adapter.quote(node.schema) ~ '.' ~ adapter.quote(node.alias),
            'comment on table ' ~ relation ~ ' is ' ~ literal(node.description)
        ] -%}
        {%- for column in node.columns.values() if column.description -%}
            {%- do statements.append(
                'comment on column ' ~ relation ~ '.' ~ adapter.quote(column.name) ~ ' is ' ~ literal(column.description)
            ) -%}
        {%- endfor -%}
        {%- do run_query(statements | join('; ')) -%}
    {%- endfor -%}
    {%- do carry_over() -%}
    {%- do run_query('detach next_generation') -%}
    {%- do log('Publishing ' ~ nodes | length ~ ' tables as generation ' ~ generation_id() ~ '.', info=true) -%}
{% endmacro %}
