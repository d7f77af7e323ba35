<?php

declare(strict_types=1);

// A page on which a customer asks to be called back by MANGO OFFICE, and the address that the vendor tells
// how the call went: POST / asks, POST /events/… and /result/… tell, GET / shows.
//
//     MANGO_KEY=… MANGO_SALT=… php -S localhost:8000 callback.php

final class Mango
{
    public function __construct(
        private readonly string $url,
        private readonly string $key,
        private readonly string $salt,
    ) {
    }

    public function sign(string $json): string
    {
        return hash('sha256', $this->key . $json . $this->salt);
    }

    /** Whether a notification is the vendor's: without this anybody could tell us how calls went. */
    public function isSigned(array $form): bool
    {
        $texts = isset($form['vpbx_api_key'], $form['sign'], $form['json'])
            && is_string($form['vpbx_api_key']) && is_string($form['sign']) && is_string($form['json']);
        return $texts && hash_equals($this->key, $form['vpbx_api_key'])
            && hash_equals($this->sign($form['json']), $form['sign']);
    }

    /** Asks the exchange to ring the employee, and then the customer. */
    public function callback(string $id, string $extension, string $number): int
    {
        $json = json_encode(
            ['command_id' => $id, 'from' => ['extension' => $extension], 'to_number' => $number],
            JSON_THROW_ON_ERROR,
        );
        $form = ['vpbx_api_key' => $this->key, 'sign' => $this->sign($json), 'json' => $json];
        $context = stream_context_create(['http' => [
            'method' => 'POST',
            'header' => 'Content-Type: application/x-www-form-urlencoded',
            'content' => http_build_query($form),
            'timeout' => 10,
            'ignore_errors' => true,
        ]]);
        $answer = @file_get_contents($this->url . '/vpbx/commands/callback', false, $context);
        $answer = is_string($answer) ? json_decode($answer, true) : null;
        return is_array($answer) && is_int($answer['result'] ?? null) ? $answer['result'] : 0;
    }
}

/** What is known of the calls that were asked for; a database in earnest. */
final class Store
{
    public function __construct(private readonly string $file)
    {
    }

    public function change(callable $change): array
    {
        $file = fopen($this->file, 'c+') ?: throw new RuntimeException('the store cannot be opened');
        flock($file, LOCK_EX);
        $calls = json_decode(stream_get_contents($file) ?: '{}', true, 16, JSON_THROW_ON_ERROR);
        $calls = $change($calls);
        ftruncate($file, 0);
        rewind($file);
        fwrite($file, json_encode((object) $calls, JSON_THROW_ON_ERROR));
        fclose($file);
        return $calls;
    }
}

function setting(string $name, string $usual = ''): string
{
    $value = getenv($name);
    return is_string($value) && $value !== '' ? $value : $usual;
}

function text(mixed $value): string
{
    return htmlspecialchars((string) $value, ENT_QUOTES);
}

$mango = new Mango(setting('MANGO_URL', 'https://app.mango-office.ru'), setting('MANGO_KEY'), setting('MANGO_SALT'));
$store = new Store(setting('CALLS_FILE', sys_get_temp_dir() . '/callbacks.json'));
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$message = '';

if ($_SERVER['REQUEST_METHOD'] === 'POST' && preg_match('~^/(events|result)/~', (string) $path) === 1) {
    if (!$mango->isSigned($_POST)) {
        http_response_code(403);
        exit;
    }
    $event = json_decode($_POST['json'], true);
    // The events of a call that was ordered by a command name the command; the summary names the call alone.
    $id = $event['command_id'] ?? null;
    if ($path === '/events/call' && is_string($id)) {
        $store->change(static function (array $calls) use ($id, $event): array {
            if (isset($calls[$id])) {
                $calls[$id]['entry_id'] = $event['entry_id'];
            }
            return $calls;
        });
    }
    if ($path === '/events/summary') {
        $store->change(static function (array $calls) use ($event): array {
            foreach ($calls as $id => $call) {
                if (($call['entry_id'] ?? null) === $event['entry_id']) {
                    $calls[$id]['state'] = $event['talk_time'] > 0 ? 'talked' : 'missed';
                }
            }
            return $calls;
        });
    }
    exit;
}

if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $number = preg_replace('/\D/', '', is_string($_POST['number'] ?? null) ? $_POST['number'] : '');
    if (preg_match('/^[78]?(9\d{9})$/', $number, $found) !== 1) {
        http_response_code(422);
        $message = 'That is no number of a mobile phone.';
    } else {
        $id = bin2hex(random_bytes(8));
        $number = '7' . $found[1];
        $store->change(static fn (array $calls): array => [...$calls, $id => ['number' => $number, 'state' => 'ordered']]);
        $result = $mango->callback($id, setting('MANGO_EXTENSION', '101'), $number);
        if ($result !== 1000) {
            http_response_code(502);
            $store->change(static function (array $calls) use ($id): array {
                $calls[$id]['state'] = 'refused';
                return $calls;
            });
        }
        $message = $result === 1000 ? 'We are calling you.' : 'We cannot call now, please try again.';
    }
}

$calls = $store->change(static fn (array $calls): array => $calls);
?>
<!doctype html>
<meta charset="utf-8">
<title>Call me back</title>
<form method="post" action="/">
  <label>Your number <input name="number" type="tel" required></label>
  <button>Call me</button>
</form>
<p><?= text($message) ?></p>
<ul>
<?php foreach ($calls as $call): ?>
  <li><?= text($call['number']) ?>: <?= text($call['state']) ?></li>
<?php endforeach ?>
</ul>
