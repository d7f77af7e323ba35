import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Says what the JDK's client sees of each address: the length of the body, or how it fails. */
public class Faults {
    public static void main(String[] urls) throws Exception {
        System.setProperty("jdk.internal.httpclient.disableHostnameVerification", "true");
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, new TrustManager[] {new Trusting()}, new SecureRandom());
        for (String url : urls) {
            HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(trusting).build();
            HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20)).build();
            String seen;
            // The timeout of a request ends with its head; that of a body is the caller's to keep.
            var answer = client.sendAsync(request, BodyHandlers.ofString());
            try {
                long wait = url.contains("SLOW") ? 20 : 3;
                HttpResponse<String> response = answer.get(wait, java.util.concurrent.TimeUnit.SECONDS);
                seen = response.statusCode() + " with " + response.body().length();
            } catch (java.util.concurrent.TimeoutException error) {
                seen = "timeout";
            } catch (java.util.concurrent.ExecutionException error) {
                Throwable cause = error.getCause();
                while (cause.getCause() != null) {
                    cause = cause.getCause();
                }
                seen = cause.getClass().getSimpleName() + ": " + cause.getMessage();
            }
            System.out.println(url.substring(url.lastIndexOf('/') + 1) + "\t" + seen);
        }
        System.exit(0);
    }

    static class Trusting implements X509TrustManager {
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
