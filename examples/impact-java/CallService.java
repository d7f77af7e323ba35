import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A service that keeps the calls of an Impact PBX: a client that pulls the list, a repository, a service and a
 * controller for webhooks, as a Spring application has them, on the JDK alone.
 *
 * <pre>java CallService.java http://localhost:3030          pulls once and prints what it has
 * java CallService.java http://localhost:3030 8080     also receives webhooks, until it is stopped
 * java CallService.java --test http://localhost:3030   its tests, against a Ringback whose clock stands</pre>
 */
public final class CallService {

  /** A call as far as it is known; what is not is null. */
  record Call(String uuid, String caller, String callee, String action, Long duration, boolean answered) {
    static Call of(Map<String, Object> json) {
      Object answered = json.get("answer_start");
      Object duration = json.get("duration");
      return new Call(
          (String) json.get("uuid"),
          String.valueOf(json.get("caller_number")),
          String.valueOf(json.get("callee_number")),
          (String) json.get("action"),
          duration instanceof Number number ? Long.valueOf(number.longValue()) : null,
          answered != null);
    }

    boolean isOver() {
      return "HANGUP".equals(action);
    }
  }

  /** {@code @Component}: the vendor's API. */
  static final class ImpactClient {
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final URI base;

    ImpactClient(String base) {
      this.base = URI.create(base + "/");
    }

    List<Call> cdr() throws IOException, InterruptedException {
      List<Call> calls = new ArrayList<>();
      if (Json.parse(get("get_cdr")) instanceof Map<?, ?> list && list.get("data") instanceof List<?> records) {
        for (Object record : records) {
          calls.add(Call.of(Json.object(record)));
        }
        return calls;
      }
      throw new IOException("the list has no data");
    }

    void triggerWebhooks() throws IOException, InterruptedException {
      get("trigger_webhooks");
    }

    private String get(String path) throws IOException, InterruptedException {
      HttpRequest request = HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(10)).build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException(path + " is answered " + answer.statusCode());
      }
      return answer.body();
    }
  }

  /** {@code @Repository}. */
  static final class Calls {
    private final Map<String, Call> byUuid = new ConcurrentHashMap<>();

    /** Keeps a call, unless more is known of it already. */
    void save(Call call) {
      byUuid.merge(call.uuid(), call, (known, said) -> known.isOver() && !said.isOver() ? known : said);
    }

    Optional<Call> find(String uuid) {
      return Optional.ofNullable(byUuid.get(uuid));
    }

    Collection<Call> all() {
      return byUuid.values();
    }
  }

  /** {@code @Service}. */
  private final ImpactClient client;
  private final Calls calls = new Calls();

  CallService(ImpactClient client) {
    this.client = client;
  }

  /** {@code @Scheduled}: pulls all that is there; whatever was pulled before is the same call still. */
  int sync() throws IOException, InterruptedException {
    List<Call> pulled = client.cdr();
    pulled.forEach(calls::save);
    return pulled.size();
  }

  void receive(String event) {
    calls.save(Call.of(Json.object(Json.parse(event))));
  }

  /** {@code @RestController}: {@code @PostMapping("/webhook")}. */
  HttpServer listen(int port) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/webhook", exchange -> {
      int status = 204;
      try (exchange) {
        receive(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      } catch (RuntimeException error) {
        status = 400;
      } finally {
        exchange.sendResponseHeaders(status, -1);
      }
    });
    server.start();
    return server;
  }

  public static void main(String[] args) throws Exception {
    if (args.length == 2 && args[0].equals("--test")) {
      Tests.run(args[1]);
      return;
    }
    CallService service = new CallService(new ImpactClient(args[0]));
    System.out.println(service.sync() + " calls");
    if (args.length > 1) {
      service.listen(Integer.parseInt(args[1]));
    }
  }

  /** Tests, each in an account of its own: a vendor without credentials has them by a path. */
  static final class Tests {
    private final String base;
    private final String account;

    private Tests(String base, String account) throws Exception {
      this.base = base;
      this.account = account;
      admin("PUT", "/accounts/" + account, "");
    }

    static void run(String base) throws Exception {
      new Tests(base, "java-pull").aListThatIsPulledTwiceHasEachCallOnce();
      new Tests(base, "java-told").aCallIsKnownAsSoonAsItIsTold();
      new Tests(base, "java-lost").anEndThatIsNeverToldIsFoundByTheNextPull();
      System.out.println("3 passed, 0 failed");
    }

    void aListThatIsPulledTwiceHasEachCallOnce() throws Exception {
      CallService service = service();
      same(service.sync(), 5);
      same(service.sync(), 10);
      same(service.calls.all().size(), 10);
    }

    void aCallIsKnownAsSoonAsItIsTold() throws Exception {
      CallService service = service();
      HttpServer server = service.listen(0);
      tell(server);
      admin("POST", "/control", "{\"do\":\"trigger\",\"behaviour\":{\"outcome\":\"answer\",\"ring\":2,\"talk\":20}}");
      admin("POST", "/clock/advance", "{\"seconds\":5}");
      Call call = service.calls.all().iterator().next();
      same(call.isOver(), false);
      admin("POST", "/clock/advance", "{\"seconds\":60}");
      call = service.calls.find(call.uuid()).orElseThrow();
      same(call.isOver(), true);
      same(call.answered(), true);
      same(call.duration(), 22L);
      server.stop(0);
    }

    void anEndThatIsNeverToldIsFoundByTheNextPull() throws Exception {
      CallService service = service();
      HttpServer server = service.listen(0);
      tell(server);
      admin("POST", "/control", "{\"do\":\"trigger\",\"stops_after\":\"RING\",\"listed\":true}");
      admin("POST", "/clock/advance", "{\"seconds\":300}");
      String uuid = service.calls.all().iterator().next().uuid();
      same(service.calls.find(uuid).orElseThrow().isOver(), false);
      service.sync();
      same(service.calls.find(uuid).orElseThrow().isOver(), true);
      server.stop(0);
    }

    private CallService service() {
      return new CallService(new ImpactClient(base + "/__account/" + account));
    }

    private void tell(HttpServer server) throws Exception {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/webhook";
      admin("PUT", "/webhook", "{\"url\":\"" + url + "\"}");
    }

    private void admin(String method, String path, String body) throws Exception {
      URI uri = URI.create(base + "/__admin" + path + (path.startsWith("/accounts") ? "" : "?account=" + account));
      HttpRequest.BodyPublisher publisher = HttpRequest.BodyPublishers.ofString(body);
      HttpRequest request = HttpRequest.newBuilder(uri).method(method, publisher).build();
      HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() >= 300) {
        throw new AssertionError(method + " " + uri + ": " + answer.body());
      }
    }

    private static void same(Object found, Object wanted) {
      if (!wanted.equals(found)) {
        throw new AssertionError(found + ", not " + wanted);
      }
    }
  }

  /** JSON as maps, lists, texts, numbers, booleans and null. */
  static final class Json {
    private final String text;
    private int at;

    private Json(String text) {
      this.text = text;
    }

    static Object parse(String text) {
      Json json = new Json(text);
      Object value = json.value();
      if (json.next() != 0) {
        throw json.wrong();
      }
      return value;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
      if (value instanceof Map<?, ?> map && map.get("uuid") instanceof String) {
        return (Map<String, Object>) map;
      }
      throw new IllegalArgumentException("no record of a call");
    }

    private IllegalArgumentException wrong() {
      return new IllegalArgumentException("no JSON at " + at);
    }

    /** The next character that is no space, without taking it; 0 at the end. */
    private char next() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      return at < text.length() ? text.charAt(at) : 0;
    }

    private boolean takes(char wanted) {
      boolean found = next() == wanted;
      at += found ? 1 : 0;
      return found;
    }

    private Object value() {
      switch (next()) {
        case '{':
          Map<String, Object> map = new LinkedHashMap<>();
          at++;
          for (boolean first = true; !takes('}'); first = false) {
            if (!first && !takes(',') || next() != '"') {
              throw wrong();
            }
            String name = string();
            if (!takes(':')) {
              throw wrong();
            }
            map.put(name, value());
          }
          return map;
        case '[':
          List<Object> list = new ArrayList<>();
          at++;
          for (boolean first = true; !takes(']'); first = false) {
            if (!first && !takes(',')) {
              throw wrong();
            }
            list.add(value());
          }
          return list;
        case '"':
          return string();
        default:
          int begin = at;
          while (at < text.length() && "+-.".indexOf(text.charAt(at)) + 1 > 0
              || at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
            at++;
          }
          String word = text.substring(begin, at);
          switch (word) {
            case "null":
              return null;
            case "true":
              return true;
            case "false":
              return false;
            default:
              if (word.isEmpty()) {
                throw wrong();
              }
              return Double.valueOf(word);
          }
      }
    }

    private String string() {
      StringBuilder string = new StringBuilder();
      for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
        char c = text.charAt(at);
        if (c == '\\') {
          c = text.charAt(++at);
          int place = "nrtbf".indexOf(c);
          if (c == 'u') {
            c = (char) Integer.parseInt(text.substring(at + 1, at + 5), 16);
            at += 4;
          } else if (place >= 0) {
            c = "\n\r\t\b\f".charAt(place);
          }
        }
        string.append(c);
      }
      at++;
      return string.toString();
    }
  }
}
