import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Posts 2,000 times in a row with the JDK's default client; arguments: the echo of Impact PBX, the contacts of SCFM. */
public class JdkClient {
    static final int TIMES = 2_000;

    public static void main(String[] urls) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        int failures = 0;
        for (int i = 0; i < TIMES; i++) {
            String echoed = "{\"number\":" + i + "}";
            failures += fails(client, urls[0], "application/json", echoed, 200, "{\"payload\":" + echoed + "}");
            String msisdn = String.format("855123%05d", i);
            String form = "msisdn=%2B" + msisdn;
            failures += fails(client, urls[1], "application/x-www-form-urlencoded", form, 201, "\"+" + msisdn + "\"");
        }
        System.out.println(2 * TIMES + " requests of the JDK's client, " + failures + " failures");
        System.exit(failures == 0 ? 0 : 1);
    }

    static int fails(HttpClient client, String url, String type, String body, int status, String part) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10))
                .header("Content-Type", type).POST(BodyPublishers.ofString(body)).build();
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            if (response.statusCode() == status && response.body().contains(part)) {
                return 0;
            }
            System.err.println(url + " " + body + ": " + response.statusCode() + " " + response.body());
        } catch (Exception error) {
            System.err.println(url + " " + body + ": " + error);
        }
        return 1;
    }
}
