{%- set inputs = drift_inputs('ecommerce') -%}
{{ feature_drift(inputs.today, inputs.figures, inputs.texts, 'ecommerce') }}
