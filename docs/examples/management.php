<?php
// Every call of the management API, with PHP 8 and nothing else. POSTERN_URL is where the gateway is, POSTERN_KEY a
// key with the scopes read, write and chat.

// The answer's ETag and object; a status of 400 or more throws.
function call(string $method, string $path, ?array $body = null, array $fields = []): array
{
    $fields[] = 'Authorization: Bearer ' . getenv('POSTERN_KEY');
    $options = ['method' => $method, 'ignore_errors' => true];
    if ($body !== null) {
        $fields[] = 'Content-Type: application/json';
        $options['content'] = json_encode($body, JSON_THROW_ON_ERROR);
    }
    $context = stream_context_create(['http' => $options + ['header' => $fields]]);
    $url = getenv('POSTERN_URL') ?: 'http://127.0.0.1:8080';
    $text = file_get_contents($url . $path, false, $context);
    $status = (int) explode(' ', $http_response_header[0])[1];
    echo "$method $path $status $text\n";
    if ($status >= 400) {
        throw new RuntimeException($text);
    }
    $etag = null;
    foreach ($http_response_header as $field) {
        if (stripos($field, 'ETag: ') === 0) {
            $etag = substr($field, 6);
        }
    }
    return [$etag, $text === '' ? null : json_decode($text, true, 512, JSON_THROW_ON_ERROR)];
}

// Bots
call('POST', '/v1/bots', ['id' => 'shop', 'name' => 'Shop Bot', 'system' => 'You are terse.']);
call('GET', '/v1/bots?page=1&per_page=20');
call('GET', '/v1/bots/shop');
call('PATCH', '/v1/bots/shop', ['window' => 20, 'sticky' => true]);

// Integrations. The values of headers are secrets: they are never shown again.
call('POST', '/v1/bots/shop/integrations', [
    'id' => 'shop-gpt',
    'name' => 'OpenAI GPT-4',
    'type' => 'openai',
    'model' => 'gpt-4o',
    'webhook_url' => 'https://api.openai.com/v1/chat/completions',
    'headers' => ['Authorization' => 'Bearer sk-secret'],
    'timeout' => 30,
    'weight' => 3,
    'enabled' => false,
]);
call('POST', '/v1/bots/shop/integrations', ['id' => 'shop-echo', 'name' => 'Echo', 'type' => 'echo']);
call('GET', '/v1/bots/shop/integrations');
call('GET', '/v1/integrations'); // those of all bots
call('GET', '/v1/integrations/shop-gpt/preview');
$change = ['integrations' => ['shop-gpt' => ['weight' => 2], 'shop-echo' => null]];
call('POST', '/v1/configuration/preview', $change);
call('POST', '/v1/integrations/shop-echo/test', ['content' => 'Are you there?']);

// A change that is made only if the object is unchanged since it was read: the ETag is its version.
[$etag] = call('GET', '/v1/integrations/shop-gpt');
call('PATCH', '/v1/integrations/shop-gpt', ['weight' => 1, 'fallback' => true], ["If-Match: $etag"]);

// Conversations
$message = ['content' => 'Hello', 'conversation_id' => 'conv_1'];
call('POST', '/v1/bots/shop/messages', $message, ['X-Request-Id: request_1']);
call('GET', '/v1/bots/shop/conversations');
call('GET', '/v1/conversations/conv_1?bot=shop');
call('GET', '/v1/conversations/conv_1/messages?bot=shop');

// Messages that wait. The bot's callback takes their replies; until it does, they wait, too.
call('PATCH', '/v1/bots/shop', ['callback' => 'http://127.0.0.1:8090/replies']);
$path = '/v1/bots/shop/messages';
[, $answer] = call('POST', $path, ['content' => 'Hello'], ['Prefer: respond-async']);
$id = $answer['data']['id'];
call('GET', "/v1/messages/$id", null, ['Prefer: wait=30']);
call('GET', '/v1/outbox?status=done&page=1&per_page=20');
call('GET', "/v1/outbox/$id");
call('POST', "/v1/outbox/$id/retry");
call('DELETE', "/v1/outbox/$id");
// So a client gives up what it has sent.
[, $answer] = call('POST', $path, ['content' => 'Hello'], ['Prefer: respond-async']);
call('DELETE', "/v1/messages/{$answer['data']['id']}");

// The last exchanges: all of a bot, and one by the X-Request-Id of its request.
call('GET', '/v1/exchanges?bot=shop&outcome=ok');
call('GET', '/v1/exchanges/request_1');

// Deleted conversations leave the exchanges, too.
call('DELETE', '/v1/conversations/conv_1?bot=shop');
call('DELETE', '/v1/bots/shop/conversations?user=user_1');

// The statistics of each integration
call('GET', '/v1/stats');

// The whole gateway on one page
call('GET', '/v1/status');

// A bot is deleted with its remaining integrations.
call('DELETE', '/v1/integrations/shop-gpt');
call('DELETE', '/v1/bots/shop');
