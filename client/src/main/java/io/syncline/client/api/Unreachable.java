package io.syncline.client.api;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** Says why a server can't be talked to, and what to do about it, in a person's words. */
final class Unreachable {
    private Unreachable() {}

    static String why(URI origin, IOException failure) {
        return switch (failure) {
            case UnknownHostException _ ->
                    "cannot reach the server at "
                            + origin
                            + ": there is no host of that name, or this machine is offline";
            case ConnectException _, NoRouteToHostException _ ->
                    "cannot reach the server at "
                            + origin
                            + " ("
                            + failure.getMessage()
                            + "): is it running?";
            case SocketTimeoutException _ ->
                    "the server at " + origin + " doesn't answer: " + failure.getMessage();
            case SSLHandshakeException tls -> handshake(origin, tls);
            case SSLException _ when speaksPlainly(failure) ->
                    "the server at " + origin + " doesn't speak TLS: a link to it ends with ?tls=0";
            case SocketException _ when origin.getScheme().equals("http") && endsAtOnce(failure) ->
                    "the server at "
                            + origin
                            + " closed the connection: if it speaks TLS, its link has no ?tls=0";
            default ->
                    "the connection to the server at " + origin + " broke: " + failure.getMessage();
        };
    }

    private static String handshake(URI origin, SSLHandshakeException failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains("PKIX") || message.contains("certification path")) {
            return "the certificate of the server at "
                    + origin
                    + " isn't trusted by this machine: if it is your own, name it with --trust PEM";
        }
        if (message.contains("subject alternative") || message.contains("No name matching")) {
            return "the certificate of the server at "
                    + origin
                    + " is for another name: use the name that it is for";
        }
        return "the server at " + origin + " refuses TLS: " + message;
    }

    private static boolean speaksPlainly(IOException failure) {
        return String.valueOf(failure.getMessage()).contains("unrecognized SSL message");
    }

    private static boolean endsAtOnce(IOException failure) {
        return String.valueOf(failure.getMessage()).contains("Unexpected end of file");
    }
}
