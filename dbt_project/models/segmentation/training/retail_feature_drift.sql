{%- set inputs = drift_inputs('retail') -%}
{{ feature_drift(inputs.today, inputs.figures, inputs.texts, 'retail') }}
