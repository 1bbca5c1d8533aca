/** Where both tables are. */
export const homeAccount = '000000000000';
export const region = 'us-east-1';

/** The installation's id: ten characters of base32. */
export const installation = 'simulation';
