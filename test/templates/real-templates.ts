/** Templates in the manner of real ones, written for these tests. */
export const CHATML = `{%- for message in messages -%}
{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}`;

export const GEMMA3N = `{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- set prefix = messages[0]['content'] + '\\n\\n' -%}
    {%- set rest = messages[1:] -%}
{%- else -%}
    {%- set prefix = '' -%}
    {%- set rest = messages -%}
{%- endif -%}
{%- for message in rest -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception('Roles must alternate user and model') }}
    {%- endif -%}
    {%- set role = 'model' if message['role'] == 'assistant' else message['role'] -%}
    {{ '<start_of_turn>' + role + '\\n' + (prefix if loop.first else '') }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {%- for item in message['content'] -%}
            {%- if item['type'] == 'audio' -%}{{ '<audio_soft_token>' }}
            {%- elif item['type'] == 'text' -%}{{ item['text'] | trim }}{%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ '<end_of_turn>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<start_of_turn>model\\n' }}{%- endif -%}`;

export const LLAMA3 = `{{- bos_token }}
{%- set today = strftime_now('%d %b %Y') -%}
{%- if messages[0].role == 'system' -%}{%- set system = messages[0].content -%}{%- set messages = messages[1:] -%}
{%- else -%}{%- set system = '' -%}{%- endif -%}
{{- '<|start_header_id|>system<|end_header_id|>\\n\\nToday: ' + today + '\\n' }}
{%- if tools -%}{%- for t in tools -%}{{- t | tojson(indent=2) + '\\n' }}{%- endfor -%}{%- endif -%}
{{- system + '<|eot_id|>' }}
{%- for message in messages -%}
{{- '<|start_header_id|>' + message.role + '<|end_header_id|>\\n\\n' + message.content | trim + '<|eot_id|>' }}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- endif -%}`;

/** A template that looks for its own markup in what was said, as thinking models do, and shows no text of its own. */
export const THINKING = `{%- for message in messages -%}
{%- set content = message.content -%}
{%- if '</think>' in message.content -%}{%- set content = message.content.split('</think>')[-1] -%}{%- endif -%}
{%- if message.content.startswith('<tool_response>') -%}{{ '<|tool|>' }}{%- endif -%}
{{ '<|' + message.role + '|>' + content }}
{%- endfor -%}`;

export const REAL = { CHATML, GEMMA3N, LLAMA3, THINKING };
